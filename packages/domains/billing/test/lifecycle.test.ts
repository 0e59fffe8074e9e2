import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { newId } from "@turnpike/core";
import type { TestUser } from "@turnpike/testing";
import type { BillingBed } from "./billing-bed.ts";
import { addMember, eventNames, makePlan, refused, startBillingBed } from "./billing-bed.ts";

let bed: BillingBed;
let user: TestUser;
let subscriptionId: string;

beforeAll(async () => {
  bed = await startBillingBed();
  await makePlan(bed, "pro");
});
afterAll(() => bed.close());
beforeEach(async () => {
  user = await bed.app.createUser();
  subscriptionId = await bed.subscribe(user, "pro");
});

const billing = () => bed.as(user).billing;
const check = () => billing().access.check({ feature: "exports" });
const atStripe = async () => {
  const { stripeSubscriptionId } = await billing().subscriptions.get({ subscriptionId });
  return bed.stripe.subscriptions.retrieve(stripeSubscriptionId);
};

describe("subscriptions.cancel", () => {
  test("at the period's end keeps access until then, to the second", async () => {
    const canceled = await billing().subscriptions.cancel({ subscriptionId, at: "period_end", reason: "too dear" });
    expect(canceled).toMatchObject({
      status: "active",
      isEnding: true,
      endsAt: canceled.currentPeriodEnd,
      cancellationReason: "too dear",
    });
    expect((await atStripe()).cancel_at_period_end).toBe(true);
    expect(await check()).toMatchObject({ granted: true, until: canceled.endsAt });
    bed.app.clock.set(new Date((canceled.endsAt?.getTime() ?? 0) - 1000));
    expect(await check()).toMatchObject({ granted: true });
    bed.app.clock.set(canceled.endsAt ?? new Date(0));
    // No event has come and nothing was read: the date alone ends it, the cache notwithstanding.
    expect(await check()).toMatchObject({ granted: false, reason: "subscription_ended", until: null });
    bed.app.clock.follow(() => bed.local.now());
  });

  test("twice answers a conflict and changes nothing", async () => {
    await billing().subscriptions.cancel({ subscriptionId, at: "period_end", reason: "first" });
    const before = [await billing().subscriptions.get({ subscriptionId }), await eventNames(bed, user.organizationId)];
    const again = billing().subscriptions.cancel({ subscriptionId, at: "period_end", reason: "second" });
    await expect(again).rejects.toMatchObject(refused("billing.already_canceled"));
    const after = [await billing().subscriptions.get({ subscriptionId }), await eventNames(bed, user.organizationId)];
    expect(after).toEqual(before);
    expect((await atStripe()).cancellation_details?.comment).toBe("first");
  });

  test("now ends access at once, also when its end was scheduled", async () => {
    await billing().subscriptions.cancel({ subscriptionId, at: "period_end" });
    const ended = await billing().subscriptions.cancel({ subscriptionId, at: "now" });
    expect(ended).toMatchObject({ status: "canceled" });
    expect((await atStripe()).status).toBe("canceled");
    expect(await check()).toMatchObject({ granted: false, reason: "subscription_ended" });
    for (const at of ["now", "period_end"] as const) {
      await expect(billing().subscriptions.cancel({ subscriptionId, at })).rejects.toMatchObject(
        refused("billing.already_canceled"),
      );
    }
  });

  test("of what ended at Stripe without our knowing answers as what has ended", async () => {
    await bed.stripe.subscriptions.cancel((await atStripe()).id);
    await expect(billing().subscriptions.cancel({ subscriptionId, at: "period_end" })).rejects.toMatchObject(
      refused("billing.already_canceled"),
    );
    expect(await check()).toMatchObject({ granted: false });
  });

  test("is for owners and admins", async () => {
    const request = { organizationId: user.organizationId };
    const input = { subscriptionId, at: "period_end" as const };
    const member = bed.as(await addMember(bed, user, "member"), request).billing;
    await expect(member.subscriptions.cancel(input)).rejects.toMatchObject(refused("billing.not_allowed"));
    await expect(member.subscriptions.resume(input)).rejects.toMatchObject(refused("billing.not_allowed"));
    expect((await member.subscriptions.list()).items).toHaveLength(1);
    const admin = bed.as(await addMember(bed, user, "admin"), request).billing;
    expect(await admin.subscriptions.cancel(input)).toMatchObject({ isEnding: true });
  });

  test("of another organization's subscription finds nothing", async () => {
    const stranger = bed.as(await bed.app.createUser()).billing;
    const input = { subscriptionId, at: "now" as const };
    await expect(stranger.subscriptions.cancel(input)).rejects.toMatchObject(refused("billing.not_found"));
    await expect(stranger.subscriptions.get(input)).rejects.toMatchObject(refused("billing.not_found"));
    await expect(stranger.subscriptions.resume(input)).rejects.toMatchObject(refused("billing.not_found"));
    expect((await stranger.subscriptions.list()).items).toEqual([]);
    expect((await atStripe()).status).toBe("active");
  });

  test("names the fields that are wrong", async () => {
    const wrong = billing().subscriptions.cancel({ subscriptionId: "sub_1", at: "now", reason: " " });
    await expect(wrong).rejects.toMatchObject({
      cause: { appCode: "core.invalid_input", fieldIssues: [{ path: "subscriptionId" }, { path: "reason" }] },
    });
  });
});

describe("subscriptions.resume", () => {
  test("takes back an end scheduled by the flag", async () => {
    await billing().subscriptions.cancel({ subscriptionId, at: "period_end" });
    expect(await billing().subscriptions.resume({ subscriptionId })).toMatchObject({ isEnding: false, endsAt: null });
    expect(await atStripe()).toMatchObject({ cancel_at_period_end: false, cancel_at: null });
    expect(await check()).toMatchObject({ granted: true, until: null });
    await expect(billing().subscriptions.resume({ subscriptionId })).rejects.toMatchObject(
      refused("billing.not_canceling"),
    );
  });

  test("takes back an end scheduled by a date, as the portal does it", async () => {
    const { id, items } = await atStripe();
    const cancelAt = items.data[0]?.current_period_end ?? 0;
    await bed.stripe.subscriptions.update(id, { cancel_at: cancelAt });
    await bed.as(bed.operator).billing.customers.sync({ organizationId: user.organizationId });
    const seen = await billing().subscriptions.get({ subscriptionId });
    expect(seen).toMatchObject({ isEnding: true, endsAt: new Date(cancelAt * 1000) });
    expect((await atStripe()).cancel_at_period_end).toBe(false);
    expect(await billing().subscriptions.resume({ subscriptionId })).toMatchObject({ isEnding: false });
    expect((await atStripe()).cancel_at).toBeNull();
  });

  test("of what has ended is a conflict", async () => {
    await billing().subscriptions.cancel({ subscriptionId, at: "now" });
    await expect(billing().subscriptions.resume({ subscriptionId })).rejects.toMatchObject(
      refused("billing.already_canceled"),
    );
  });
});

test("the events of a life come from the differences, each once", async () => {
  await billing().subscriptions.cancel({ subscriptionId, at: "period_end" });
  await billing().subscriptions.resume({ subscriptionId });
  await billing().subscriptions.cancel({ subscriptionId, at: "now" });
  await bed.as(bed.operator).billing.customers.sync({ organizationId: user.organizationId });
  expect((await eventNames(bed, user.organizationId)).filter((name) => name !== "billing.invoice_paid")).toEqual([
    "billing.subscription_created",
    "billing.subscription_activated",
    "billing.access_changed",
    "billing.subscription_cancel_scheduled",
    "billing.access_changed",
    "billing.subscription_resumed",
    "billing.access_changed",
    "billing.subscription_canceled",
    "billing.access_changed",
  ]);
});

test("a list pages from the newest, and refuses a cursor that is none", async () => {
  await makePlan(bed, `second-${user.userId}`);
  const newest = await bed.subscribe(user, `second-${user.userId}`);
  const first = await billing().subscriptions.list({ limit: 1 });
  expect(first).toMatchObject({ items: [{ id: newest, items: [{ quantity: 1, unitAmountMinor: 2900 }] }] });
  const second = await billing().subscriptions.list({ limit: 1, cursor: first.nextCursor });
  expect(second).toMatchObject({ items: [{ id: subscriptionId }], nextCursor: null });
  await expect(billing().subscriptions.list({ cursor: `${newId()}'` })).rejects.toMatchObject({ code: "BAD_REQUEST" });
});
