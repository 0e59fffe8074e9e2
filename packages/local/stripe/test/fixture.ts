import Stripe from "stripe";
import { startStripe, type LocalStripe, type StripeOptions } from "../src/index.ts";
import { startReceiver, type Receiver } from "./receiver.ts";

/** A local Stripe with the unmodified SDK pointed at it. */
export interface Bench {
  local: LocalStripe;
  stripe: Stripe;
  receiver: Receiver;
  /** Waits until every delivery was made, returns the types that arrived since the last call, in the order they happened. */
  newEvents(): Promise<string[]>;
  stop(): Promise<void>;
}

/** The SDK for a local Stripe: the way the product points at it. */
export function sdkFor(local: Pick<LocalStripe, "url" | "secretKey">): Stripe {
  const { hostname, port } = new URL(local.url);
  return new Stripe(local.secretKey, { host: hostname, port, protocol: "http", maxNetworkRetries: 0 });
}

/** Starts a local Stripe with a webhook receiver. */
export async function startBench(options: StripeOptions = {}): Promise<Bench> {
  const receiver = await startReceiver();
  const local = await startStripe({
    webhook: { url: receiver.url, secret: receiver.secret },
    retryScheduleMs: [1, 1, 1],
    ...options,
  });
  const stripe = sdkFor(local);
  let last: string | undefined;
  return {
    local,
    stripe,
    receiver,
    newEvents: async () => {
      await local.deliveriesIdle();
      const page = await stripe.events.list({ limit: 100, ...(last === undefined ? {} : { ending_before: last }) });
      last = page.data[0]?.id ?? last;
      return page.data.map((event) => event.type).toReversed();
    },
    stop: async () => {
      await local.stop();
      await receiver.stop();
    },
  };
}

/** A monthly price of 10.00 USD, or what is given. */
export async function makePrice(stripe: Stripe, params: Partial<Stripe.PriceCreateParams> = {}): Promise<Stripe.Price> {
  return stripe.prices.create({
    currency: "usd",
    unit_amount: 1000,
    recurring: { interval: "month" },
    product_data: { name: "Pro" },
    ...params,
  });
}

/** Makes a subscription session for `price`. */
export async function makeSession(
  stripe: Stripe,
  price: string,
  params: Partial<Stripe.Checkout.SessionCreateParams> = {},
) {
  return stripe.checkout.sessions.create({
    mode: "subscription",
    line_items: [{ price, quantity: 1 }],
    success_url: "http://127.0.0.1:9/done?session={CHECKOUT_SESSION_ID}",
    cancel_url: "http://127.0.0.1:9/back",
    ...params,
  });
}

/** Presses Pay on a session's page, as a browser without script would. */
export async function payPage(
  local: LocalStripe,
  sessionId: string,
  fields: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${local.url}/c/pay/${sessionId}/pay`, {
    method: "POST",
    body: new URLSearchParams({ card: "4242424242424242", email: "ada@example.com", ...fields }),
    redirect: "manual",
  });
}

/** A customer with a subscription bought on the page. */
export async function subscribed(
  bench: Bench,
  options: {
    card?: string;
    session?: Partial<Stripe.Checkout.SessionCreateParams>;
    price?: Partial<Stripe.PriceCreateParams>;
  } = {},
) {
  const price = await makePrice(bench.stripe, options.price);
  const customer = await bench.stripe.customers.create({ email: "ada@example.com" });
  const session = await makeSession(bench.stripe, price.id, { customer: customer.id, ...options.session });
  await payPage(bench.local, session.id, options.card === undefined ? {} : { card: options.card });
  const [subscription] = (await bench.stripe.subscriptions.list({ customer: customer.id })).data;
  if (subscription === undefined) throw new Error("the payment made no subscription");
  return { price, customer, session, subscription };
}

/** Days from the local Stripe's now. */
export function inDays(local: LocalStripe, days: number): Date {
  return new Date(local.now().getTime() + days * 86_400_000);
}

/** The id of a field that may be expanded; empty when there is none. */
export function idOf(value: string | { id: string } | null | undefined): string {
  return typeof value === "string" ? value : (value?.id ?? "");
}

/** The one item of a subscription. */
export function itemOf(subscription: Stripe.Subscription): Stripe.SubscriptionItem {
  const [item] = subscription.items.data;
  if (item === undefined) throw new Error("no item");
  return item;
}
