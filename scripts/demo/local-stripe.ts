import { z } from "zod";

const workingCard = "4242424242424242";
/** Pays a hosted checkout page the way a browser does: its form, the card that works. Returns where it sends the payer. */
export async function payCheckout(checkoutUrl: string): Promise<string> {
  const page = await fetch(checkoutUrl);
  if (!page.ok) throw new Error(`the checkout page answered ${page.status}`);
  const paid = await fetch(`${checkoutUrl}/pay`, {
    method: "POST",
    redirect: "manual",
    body: new URLSearchParams({ card: workingCard }),
  });
  const location = paid.headers.get("location");
  if (paid.status !== 303 || location === null) throw new Error(`paying answered ${paid.status} and not the way back`);
  return location;
}

/** Moves the local Stripe's clock to a moment; what falls due until then happens. */
export async function moveClock(stripeUrl: string, to: Date): Promise<void> {
  const response = await fetch(new URL("/_sim/clock", stripeUrl), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ to: to.toISOString() }),
  });
  if (!response.ok) throw new Error(`moving the clock answered ${response.status}: ${await response.text()}`);
}

const Deliveries = z.object({
  deliveries: z.array(z.object({ status: z.string(), lastAttemptAt: z.coerce.date().nullable() })),
});

/** When the local Stripe first delivered an event after a moment; undefined when it has not. */
export async function findFirstDelivery(stripeUrl: string, after: Date): Promise<Date | undefined> {
  const response = await fetch(new URL("/_sim/deliveries", stripeUrl));
  const { deliveries } = Deliveries.parse(await response.json());
  const times = deliveries.flatMap(({ lastAttemptAt }) =>
    lastAttemptAt && lastAttemptAt >= after ? [lastAttemptAt] : [],
  );
  return times.toSorted((a, b) => a.getTime() - b.getTime())[0];
}
