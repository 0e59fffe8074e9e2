import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { TestUser } from "@turnpike/testing";
import billing from "../src/index.ts";
import type { BillingBed } from "./billing-bed.ts";
import { customerOf, eventNames, makePlan, returns, startBillingBed } from "./billing-bed.ts";
import { deliver, eventsOf } from "./deliver.ts";

let bed: BillingBed;
let user: TestUser;

beforeAll(async () => {
  bed = await startBillingBed();
  await makePlan(bed, "pro");
});
afterAll(() => bed.close());
beforeEach(async () => {
  user = await bed.app.createUser();
});

/** Pays a checkout and asks nothing afterwards: only events can tell. */
async function payUnseen(): Promise<string> {
  const { url } = await bed.as(user).billing.checkout.start({ lookupKey: "pro", ...returns });
  await bed.pay(url);
  return customerOf(bed, user.organizationId);
}

const state = async () => {
  const { items } = await bed.as(user).billing.subscriptions.list();
  const invoices = await bed.as(user).billing.invoices.list();
  return {
    items: items.map(({ id: _id, items: lines, ...rest }) => ({ ...rest, lines: lines.length })),
    invoices: invoices.items.length,
  };
};

describe("the events of a paid checkout", () => {
  test.each<[string, (count: number) => number[]]>([
    ["in their order", (count) => Array.from({ length: count }, (_, index) => index)],
    ["in reverse", (count) => Array.from({ length: count }, (_, index) => count - 1 - index)],
    ["three times over", (count) => Array.from({ length: count * 3 }, (_, index) => index % count)],
  ])("%s make one subscription, and each event of ours once", async (_name, orderOf) => {
    const events = await eventsOf(bed, await payUnseen());
    expect(events.map(({ type }) => type)).toContain("checkout.session.completed");
    for (const index of orderOf(events.length)) {
      const event = events[index];
      if (event) await deliver(bed, event);
    }
    expect(await state()).toMatchObject({ items: [{ status: "active", lines: 1 }], invoices: 1 });
    expect((await eventNames(bed, user.organizationId)).toSorted()).toEqual([
      "billing.access_changed",
      "billing.invoice_paid",
      "billing.subscription_activated",
      "billing.subscription_created",
    ]);
  });

  test("all at once make one subscription too", async () => {
    const events = await eventsOf(bed, await payUnseen());
    await Promise.all([...events, ...events].map((event) => deliver(bed, event)));
    expect(await state()).toMatchObject({ items: [{ status: "active", lines: 1 }], invoices: 1 });
    const names = await eventNames(bed, user.organizationId);
    expect(names.filter((name) => name === "billing.subscription_created")).toHaveLength(1);
    expect(names.filter((name) => name === "billing.invoice_paid")).toHaveLength(1);
  });

  test("are named by explain", async () => {
    const events = await eventsOf(bed, await payUnseen());
    for (const event of events) await deliver(bed, event);
    const { stripeEventIds } = await bed.as(user).billing.access.explain({ feature: "exports" });
    expect(stripeEventIds.length).toBeGreaterThan(0);
    expect(events.map(({ id }) => id)).toEqual(expect.arrayContaining(stripeEventIds));
  });

  test("race with the payer's return, and make one subscription", async () => {
    const { url, sessionId } = await bed.as(user).billing.checkout.start({ lookupKey: "pro", ...returns });
    await bed.pay(url);
    const events = await eventsOf(bed, await customerOf(bed, user.organizationId));
    await Promise.all([
      bed.as(user).billing.checkout.status({ sessionId }),
      ...events.map((event) => deliver(bed, event)),
    ]);
    expect(await state()).toMatchObject({ items: [{ status: "active" }] });
  });
});

test("a late update after the end leaves the end, and access closed", async () => {
  const customer = await payUnseen();
  const [subscription] = (await bed.stripe.subscriptions.list({ customer })).data;
  await bed.stripe.subscriptions.cancel(subscription?.id ?? "");
  const events = await eventsOf(bed, customer);
  for (const event of events.toReversed()) await deliver(bed, event);
  expect(await state()).toMatchObject({ items: [{ status: "canceled" }] });
  expect(await bed.as(user).billing.access.check({ feature: "exports" })).toMatchObject({ granted: false });
});

test("later failures do not move the first moment of past due, and a payment clears it", async () => {
  const subscriptionId = await bed.subscribe(user, "pro", "4000000000000341");
  await bed.advance(32);
  const customer = await customerOf(bed, user.organizationId);
  const deliverAll = async () => {
    for (const event of (await eventsOf(bed, customer)).toReversed()) await deliver(bed, event);
    return bed.as(user).billing.subscriptions.get({ subscriptionId });
  };
  const first = await deliverAll();
  expect(first).toMatchObject({ status: "past_due", paymentGraceUntil: expect.any(Date) });
  await bed.advance(4);
  expect((await deliverAll()).paymentGraceUntil).toEqual(first.paymentGraceUntil);
  const failures = (await eventNames(bed, user.organizationId)).filter((name) => name === "billing.payment_failed");
  expect(failures.length).toBeGreaterThan(1);

  const [open] = (await bed.stripe.invoices.list({ customer, status: "open" })).data;
  const card = await bed.stripe.paymentMethods.attach("pm_card_visa", { customer });
  await bed.stripe.invoices.pay(open?.id ?? "", { payment_method: card.id });
  expect(await deliverAll()).toMatchObject({ status: "active", paymentGraceUntil: null });
  const names = await eventNames(bed, user.organizationId);
  expect(names.filter((name) => name === "billing.invoice_paid")).toHaveLength(2);
  expect(names.filter((name) => name === "billing.subscription_past_due")).toHaveLength(1);
});

test("an older reading never overwrites a later one", async () => {
  const mirror = billing.stripe.find(({ object }) => object === "subscription");
  const customer = await payUnseen();
  const events = await eventsOf(bed, customer);
  const created = events.find(({ type }) => type === "customer.subscription.created");
  if (!mirror || !created || !("id" in created.data.object)) throw new Error("there is no such event");
  const { id } = created.data.object;
  const ctx = bed.app.ctxOf({ type: "system", job: "webhooks.process" });
  const older = await mirror.read(ctx, id, created, await bed.app.databaseNow());
  await bed.stripe.subscriptions.update(id, { cancel_at_period_end: true });
  const later = await mirror.read(ctx, id, created, await bed.app.databaseNow());
  const apply = (snapshot: unknown) => ctx.system("test").tx((tx) => mirror.apply(tx, id, snapshot, created));
  await apply(later);
  await apply(older);
  expect((await bed.as(user).billing.subscriptions.list()).items).toMatchObject([{ isEnding: true }]);
});
