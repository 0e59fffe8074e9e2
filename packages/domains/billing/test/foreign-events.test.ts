import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { TestUser } from "@turnpike/testing";
import { refsOf } from "../src/mirror/event-refs.ts";
import type { BillingBed } from "./billing-bed.ts";
import { customerOf, eventNames, makePlan, refused, returns, startBillingBed } from "./billing-bed.ts";
import { deliver, eventsOf, foreignEvent } from "./deliver.ts";

let bed: BillingBed;
let user: TestUser;
let plan: { stripePriceId: string; productId: string };

beforeAll(async () => {
  bed = await startBillingBed();
  plan = await makePlan(bed, "pro");
});
afterAll(() => bed.close());
beforeEach(async () => {
  user = await bed.app.createUser();
});

/** What somebody does at Stripe's dashboard: a customer with a card and a running subscription. */
async function soldByHand(metadata: Record<string, string>, price = plan.stripePriceId) {
  const customer = await bed.stripe.customers.create({ metadata });
  const card = await bed.stripe.paymentMethods.attach("pm_card_visa", { customer: customer.id });
  const subscription = await bed.stripe.subscriptions.create({
    customer: customer.id,
    default_payment_method: card.id,
    items: [{ price }],
  });
  return { customer: customer.id, subscription: subscription.id };
}

const deliverAll = async (customer: string) => {
  for (const event of await eventsOf(bed, customer)) await deliver(bed, event);
};
const check = () => bed.as(user).billing.access.check({ feature: "exports" });

describe("a customer that nobody knows", () => {
  test("is linked to the organization that it names, with what it bought", async () => {
    const { customer } = await soldByHand({ turnpike_organization_id: user.organizationId });
    await deliverAll(customer);
    await bed.app.jobsIdle();
    expect(await check()).toMatchObject({ granted: true });
  });

  test("waits until it names its organization, and then nothing of it is missing", async () => {
    const { customer } = await soldByHand({});
    await deliverAll(customer);
    expect(await check()).toMatchObject({ granted: false, reason: "no_subscription" });
    await bed.stripe.customers.update(customer, { metadata: { turnpike_organization_id: user.organizationId } });
    const updated = (await eventsOf(bed, customer)).find(({ type }) => type === "customer.updated");
    if (!updated) throw new Error("Stripe told of no update");
    await deliver(bed, updated);
    await bed.app.jobsIdle();
    expect(await check()).toMatchObject({ granted: true });
    expect((await bed.as(user).billing.invoices.list()).items).toHaveLength(1);
  });

  test.each(["not-an-id", "00000000-0000-4000-8000-000000000000"])("is not linked to %s", async (claim) => {
    const { customer, subscription } = await soldByHand({ turnpike_organization_id: claim });
    await deliverAll(customer);
    const rows = await bed.app.owner
      .selectFrom("subscriptions")
      .select("id")
      .where("stripe_subscription_id", "=", subscription)
      .execute();
    expect(rows).toEqual([]);
  });

  test("does not take over an organization that has a customer", async () => {
    await bed.subscribe(user, "pro");
    const { customer, subscription } = await soldByHand({ turnpike_organization_id: user.organizationId });
    await deliverAll(customer);
    const { items } = await bed.as(user).billing.subscriptions.list();
    expect(items.map(({ stripeSubscriptionId }) => stripeSubscriptionId)).not.toContain(subscription);
    expect(items).toHaveLength(1);
  });
});

test("a deleted customer ends what it had; the organization may buy again with another", async () => {
  const subscriptionId = await bed.subscribe(user, "pro");
  const customer = await customerOf(bed, user.organizationId);
  await bed.stripe.customers.del(customer);
  await deliverAll(customer);
  await deliverAll(customer);
  expect(await check()).toMatchObject({ granted: false, reason: "subscription_ended" });
  const names = await eventNames(bed, user.organizationId);
  expect(names.filter((name) => name === "billing.customer_deleted")).toHaveLength(1);
  expect(names.filter((name) => name === "billing.subscription_canceled")).toHaveLength(1);
  await expect(bed.as(user).billing.portal.open({ returnUrl: "http://app.test/" })).rejects.toMatchObject(
    refused("billing.no_customer"),
  );
  expect(await bed.subscribe(user, "pro")).not.toBe(subscriptionId);
  expect(await check()).toMatchObject({ granted: true });
});

test("a price that is not in the catalogue grants nothing until it is", async () => {
  const product = await bed.stripe.products.create({ name: "Elsewhere" });
  const price = await bed.stripe.prices.create({
    product: product.id,
    currency: "usd",
    unit_amount: 5,
    recurring: { interval: "month" },
  });
  const { customer } = await soldByHand({ turnpike_organization_id: user.organizationId }, price.id);
  for (const event of await eventsOf(bed, customer)) await deliver(bed, event);
  await bed.app.jobsIdle();
  expect(await check()).toMatchObject({ granted: false });
  expect((await bed.as(user).billing.access.explain({ feature: "exports" })).unknownPrices).toEqual([price.id]);
  const operator = bed.as(bed.operator).products;
  await operator.syncFromStripe();
  const { items } = await operator.list({ limit: 100 });
  const mirrored = items.find(({ stripeProductId }) => stripeProductId === product.id);
  await operator.features.set({ productId: mirrored?.id ?? "", features: [{ key: "exports" }] });
  await bed.app.jobsIdle();
  expect(await bed.as(user).billing.access.explain({ feature: "exports" })).toMatchObject({
    granted: true,
    unknownPrices: [],
  });
});

describe("events of objects that Stripe does not have", () => {
  test("change nothing, but for the end of a subscription that we know", async () => {
    const subscriptionId = await bed.subscribe(user, "pro");
    const gone = "sub_of_another_stripe";
    await bed.app.owner
      .updateTable("subscriptions")
      .set({ stripe_subscription_id: gone })
      .where("id", "=", subscriptionId)
      .execute();
    await deliver(
      bed,
      foreignEvent("customer.subscription.updated", { object: "subscription", id: gone, status: "active" }),
    );
    await deliver(
      bed,
      foreignEvent("customer.subscription.deleted", { object: "subscription", id: "sub_unknown", status: "canceled" }),
    );
    expect(await bed.as(user).billing.subscriptions.get({ subscriptionId })).toMatchObject({ status: "active" });
    const end = { object: "subscription", id: gone, status: "canceled", ended_at: 1_790_000_000 };
    await deliver(bed, foreignEvent("customer.subscription.deleted", end));
    await deliver(bed, foreignEvent("customer.subscription.deleted", end));
    expect(await bed.as(user).billing.subscriptions.get({ subscriptionId })).toMatchObject({
      status: "canceled",
      endsAt: new Date(1_790_000_000_000),
    });
  });
});

describe("what an event names", () => {
  test.each([
    ["by its parent", { parent: { type: "subscription_details", subscription_details: { subscription: "sub_1" } } }],
    ["as before 2025-03-31", { subscription: "sub_1" }],
    ["expanded", { subscription: { id: "sub_1", object: "subscription" } }],
  ])("an invoice names its subscription %s", (_name, link) => {
    const event = foreignEvent("invoice.paid", { object: "invoice", id: "in_1", customer: "cus_1", ...link });
    expect(refsOf(event, "subscription")).toEqual([{ object: "subscription", id: "sub_1" }]);
    expect(refsOf(event, "invoice")).toEqual([{ object: "invoice", id: "in_1" }]);
  });

  test("a one-off invoice names no subscription, and a preview no invoice", () => {
    expect(
      refsOf(foreignEvent("invoice.paid", { object: "invoice", id: "in_1", parent: null }), "subscription"),
    ).toEqual([]);
    expect(refsOf(foreignEvent("invoice.upcoming", { object: "invoice", subscription: "sub_1" }), "invoice")).toEqual(
      [],
    );
  });

  test.each([null, 5, "text", { object: 7, id: {}, subscription: [] }, { object: "subscription", id: "" }])(
    "nothing where the payload is %j",
    (object) => {
      const event = foreignEvent("customer.subscription.updated", { object });
      Object.assign(event.data, { object });
      for (const kind of ["customer", "subscription", "invoice", "checkout.session"] as const) {
        expect(refsOf(event, kind)).toEqual([]);
      }
    },
  );

  test("a session names itself and what it made", async () => {
    const { sessionId } = await bed.as(user).billing.checkout.start({ lookupKey: "pro", ...returns });
    const event = foreignEvent("checkout.session.completed", {
      object: "checkout.session",
      id: sessionId,
      subscription: "sub_9",
    });
    expect(refsOf(event, "checkout.session")).toEqual([{ object: "checkout.session", id: sessionId }]);
    expect(refsOf(event, "subscription")).toEqual([{ object: "subscription", id: "sub_9" }]);
  });
});
