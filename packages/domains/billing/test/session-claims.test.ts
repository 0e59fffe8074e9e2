import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { TestUser } from "@turnpike/testing";
import type { BillingBed } from "./billing-bed.ts";
import { customerOf, good, makePlan, returns, startBillingBed } from "./billing-bed.ts";
import { deliver, eventsOf } from "./deliver.ts";

let bed: BillingBed;
let user: TestUser;
let stripePriceId: string;

beforeAll(async () => {
  bed = await startBillingBed();
  ({ stripePriceId } = await makePlan(bed, "pro"));
});
afterAll(() => bed.close());
beforeEach(async () => {
  user = await bed.app.createUser();
});

/** A session that was not made by our server, paid on its page. Returns its customer. */
async function paidElsewhere(claim: { client_reference_id?: string; metadata?: Record<string, string> }) {
  const customer = await bed.stripe.customers.create();
  const session = await bed.stripe.checkout.sessions.create({
    mode: "subscription",
    customer: customer.id,
    line_items: [{ price: stripePriceId, quantity: 1 }],
    success_url: returns.successUrl,
    ...claim,
  });
  await bed.pay(session.url ?? "", good);
  for (const event of await eventsOf(bed, customer.id)) await deliver(bed, event);
  await bed.app.jobsIdle();
  return customer.id;
}

const check = () => bed.as(user).billing.access.check({ feature: "exports" });
const owners = (stripeCustomerId: string) =>
  bed.app.owner
    .selectFrom("customers")
    .select("organization_id")
    .where("stripe_customer_id", "=", stripeCustomerId)
    .execute();

test("what a payer writes into a payment link as reference links nobody", async () => {
  const customer = await paidElsewhere({ client_reference_id: user.organizationId });
  expect(await owners(customer)).toEqual([]);
  expect(await check()).toMatchObject({ granted: false, reason: "no_subscription" });
  const subscriptionId = await bed.subscribe(user, "pro");
  expect(subscriptionId).toEqual(expect.any(String));
  expect(await customerOf(bed, user.organizationId)).not.toBe(customer);
});

test("metadata of a session, which nobody but the account's owner writes, links its customer", async () => {
  const customer = await paidElsewhere({ metadata: { turnpike_organization_id: user.organizationId } });
  expect(await owners(customer)).toEqual([{ organization_id: user.organizationId }]);
  expect(await check()).toMatchObject({ granted: true });
});

test("a session that our own records name links its customer, whatever it says itself", async () => {
  const customer = await bed.stripe.customers.create();
  const session = await bed.stripe.checkout.sessions.create({
    mode: "subscription",
    customer: customer.id,
    line_items: [{ price: stripePriceId, quantity: 1 }],
    success_url: returns.successUrl,
  });
  const { id: priceId } = await bed.app.owner
    .selectFrom("prices")
    .select("id")
    .where("stripe_price_id", "=", stripePriceId)
    .executeTakeFirstOrThrow();
  await bed.app.owner
    .insertInto("checkout_sessions")
    .values({
      id: crypto.randomUUID(),
      organization_id: user.organizationId,
      stripe_session_id: session.id,
      price_id: priceId,
      quantity: 1,
      status: "open",
      expires_at: new Date(Date.now() + 86_400_000),
    })
    .execute();
  await bed.pay(session.url ?? "", good);
  for (const event of await eventsOf(bed, customer.id)) await deliver(bed, event);
  await bed.app.jobsIdle();
  expect(await owners(customer.id)).toEqual([{ organization_id: user.organizationId }]);
  expect(await check()).toMatchObject({ granted: true });
});
