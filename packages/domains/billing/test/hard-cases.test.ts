import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { TestUser } from "@turnpike/testing";
import type { BillingBed } from "./billing-bed.ts";
import { customerOf, eventNames, makePlan, refused, returns, startBillingBed } from "./billing-bed.ts";
import { deliver, eventsOf } from "./deliver.ts";

let bed: BillingBed;
let user: TestUser;
let addOn: { stripePriceId: string };

beforeAll(async () => {
  bed = await startBillingBed();
  await makePlan(bed, "pro", { features: [{ key: "exports" }, { key: "seats", limit: 5 }] });
  addOn = await makePlan(bed, "add-on", { features: [{ key: "seats", limit: 20 }], unitAmountMinor: 500 });
});
afterAll(() => bed.close());
beforeEach(async () => {
  user = await bed.app.createUser();
});

const billing = () => bed.as(user).billing;

/** Everything that Stripe has said of the organization's customer, newest first: the worst order. */
async function deliverAll(): Promise<void> {
  const events = await eventsOf(bed, await customerOf(bed, user.organizationId));
  for (const event of events.toReversed()) await deliver(bed, event);
}

test("a first payment that is not made gives no access, and its expiry lets the organization buy again", async () => {
  await billing().checkout.start({ lookupKey: "add-on", ...returns });
  const customer = await customerOf(bed, user.organizationId);
  const { data } = await bed.stripe.prices.list({ lookup_keys: ["pro"] });
  const { id } = await bed.stripe.subscriptions.create({
    customer,
    items: [{ price: data[0]?.id ?? "" }],
    payment_behavior: "default_incomplete",
  });
  await deliverAll();
  expect(await billing().access.check({ feature: "exports" })).toMatchObject({ granted: false, reason: "incomplete" });
  await expect(billing().checkout.start({ lookupKey: "pro", ...returns })).rejects.toMatchObject(
    refused("billing.already_subscribed"),
  );
  await bed.advance(2);
  expect((await bed.stripe.subscriptions.retrieve(id)).status).toBe("incomplete_expired");
  await deliverAll();
  expect((await billing().subscriptions.list()).items).toMatchObject([{ status: "incomplete_expired" }]);
  expect(await billing().access.check({ feature: "exports" })).toMatchObject({ reason: "incomplete_expired" });
  expect(await bed.subscribe(user, "pro")).toMatch(/^[0-9a-f-]{36}$/);
});

test("a past-due customer may open the portal and may not buy the product again", async () => {
  await bed.subscribe(user, "pro", "4000000000000341");
  await bed.advance(32);
  await deliverAll();
  await expect(billing().checkout.start({ lookupKey: "pro", ...returns })).rejects.toMatchObject(
    refused("billing.already_subscribed"),
  );
  const { url } = await billing().portal.open({ returnUrl: "http://app.test/billing" });
  expect((await fetch(url)).status).toBe(200);
});

test("the portal opens for customers only, and leads back to us only", async () => {
  await expect(billing().portal.open({ returnUrl: "http://app.test/" })).rejects.toMatchObject(
    refused("billing.no_customer"),
  );
  await expect(billing().portal.open({ returnUrl: "http://evil.test/" })).rejects.toMatchObject({
    cause: { appCode: "core.invalid_input", fieldIssues: [{ path: "returnUrl" }] },
  });
});

test("each subscription's events change that subscription only", async () => {
  const first = await bed.subscribe(user, "pro");
  const second = await bed.subscribe(user, "add-on");
  await billing().subscriptions.cancel({ subscriptionId: second, at: "now" });
  await deliverAll();
  const { items } = await billing().subscriptions.list();
  expect(items.map(({ id, status }) => [id, status])).toEqual([
    [second, "canceled"],
    [first, "active"],
  ]);
});

test("items come and go with the subscription, and access with them; a stale event brings none back", async () => {
  const subscriptionId = await bed.subscribe(user, "pro");
  const { stripeSubscriptionId } = await billing().subscriptions.get({ subscriptionId });
  const seats = async () => (await billing().access.check({ feature: "seats" })).limit;
  await bed.stripe.subscriptions.update(stripeSubscriptionId, {
    items: [{ price: addOn.stripePriceId, quantity: 2 }],
    proration_behavior: "none",
  });
  await deliverAll();
  expect(
    (await billing().subscriptions.get({ subscriptionId })).items.map(({ lookupKey, quantity }) => [
      lookupKey,
      quantity,
    ]),
  ).toEqual(
    expect.arrayContaining([
      ["pro", 1],
      ["add-on", 2],
    ]),
  );
  expect(await seats()).toBe(20);
  const { items } = await bed.stripe.subscriptions.retrieve(stripeSubscriptionId);
  const added = items.data.find(({ price }) => price.id === addOn.stripePriceId);
  await bed.stripe.subscriptions.update(stripeSubscriptionId, {
    items: [{ id: added?.id ?? "", deleted: true }],
    proration_behavior: "none",
  });
  await deliverAll();
  expect((await billing().subscriptions.get({ subscriptionId })).items).toHaveLength(1);
  expect(await seats()).toBe(5);
});

test("a failed renewal is told as failed and never as paid", async () => {
  await bed.subscribe(user, "pro", "4000000000000341");
  await deliverAll();
  const before = await eventNames(bed, user.organizationId);
  await bed.advance(32);
  await deliverAll();
  const after = (await eventNames(bed, user.organizationId)).slice(before.length);
  expect(after).toContain("billing.payment_failed");
  expect(after).not.toContain("billing.invoice_paid");
});

test("cancel, resume and cancel again by one caller is three changes", async () => {
  const subscriptionId = await bed.subscribe(user, "pro");
  const { subscriptions } = billing();
  expect(await subscriptions.cancel({ subscriptionId, at: "period_end" })).toMatchObject({ isEnding: true });
  expect(await subscriptions.resume({ subscriptionId })).toMatchObject({ isEnding: false });
  expect(await subscriptions.cancel({ subscriptionId, at: "period_end" })).toMatchObject({ isEnding: true });
});
