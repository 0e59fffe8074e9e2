/**
 * How a local Stripe is started. `port`: preferred, the next free one if taken (absent: any). `dataDir`: absent = in memory.
 * `webhook`: an endpoint that is there from the start. `retryScheduleMs`: pauses before each repeated delivery.
 * `redirectDelayMs`: how long the pay page waits after a payment before it sends the person back, so that webhooks can be first.
 */
export interface StripeOptions {
  port?: number;
  dataDir?: string;
  secretKey?: string;
  webhook?: { url: string; secret: string; enabledEvents?: string[] };
  retryScheduleMs?: number[];
  redirectDelayMs?: number;
}

/** Stripe retries over days; a stand-in on one machine tries for about a quarter of an hour. */
export const defaultRetryScheduleMs = [500, 1000, 2000, 5000, 10_000, 30_000, 60_000, 120_000, 300_000, 300_000];

/** Refuses what a stand-in must never be used with. Errors: plain Error with what to do instead. */
export function checkOptions(options: StripeOptions, environment: Record<string, string | undefined>): void {
  if (environment.NODE_ENV === "production") {
    throw new Error(
      "The local Stripe does not run with NODE_ENV=production. Set STRIPE_SECRET_KEY and use Stripe itself.",
    );
  }
  const key = options.secretKey;
  if (key !== undefined && !/^sk_test_[0-9A-Za-z]{8,}$/.test(key)) {
    const what = /^(sk|rk)_live_/.test(key) ? "a live key" : "that key";
    throw new Error(
      `The local Stripe does not take ${what}. Leave secretKey out, or give one that begins with sk_test_.`,
    );
  }
  if (options.webhook !== undefined && !URL.canParse(options.webhook.url)) {
    throw new Error(`webhook.url is not a URL: ${options.webhook.url}`);
  }
}
