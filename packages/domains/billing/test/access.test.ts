import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { TestUser } from "@turnpike/testing";
import type { BillingBed } from "./billing-bed.ts";
import { makePlan, startBillingBed } from "./billing-bed.ts";

// The card pays on the page and is declined at each renewal.
const dying = "4000000000000341";

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

const billing = () => bed.as(user).billing;
const check = (feature = "exports") => billing().access.check({ feature });

async function stripeFault(fault: object): Promise<void> {
  const answer = await fetch(`${bed.local.url}/_sim/faults`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(fault),
  });
  expect(answer.status).toBe(200);
}

describe("a renewal that nobody told us of", () => {
  test("is read back from Stripe once for many who ask at once, and granted", async () => {
    const subscriptionId = await bed.subscribe(user, "pro");
    const before = await billing().subscriptions.get({ subscriptionId });
    await bed.advance(32);
    const answers = await Promise.all(Array.from({ length: 10 }, () => check()));
    expect(answers).toEqual(Array(10).fill(expect.objectContaining({ granted: true, stale: false })));
    const after = await billing().subscriptions.get({ subscriptionId });
    expect(after.currentPeriodStart).toEqual(before.currentPeriodEnd);
  });

  test("that failed is past due: access for the grace from the first attempt, and not after", async () => {
    const subscriptionId = await bed.subscribe(user, "pro", dying);
    await bed.advance(32);
    expect(await check()).toMatchObject({ granted: true, reason: "payment_grace" });
    const { paymentGraceUntil, status, currentPeriodStart } = await billing().subscriptions.get({ subscriptionId });
    expect(status).toBe("past_due");
    const graceMs = (paymentGraceUntil?.getTime() ?? 0) - (currentPeriodStart?.getTime() ?? 0);
    expect(graceMs / 86_400_000).toBeGreaterThanOrEqual(7);
    expect(graceMs / 86_400_000).toBeLessThan(7.1);
    bed.app.clock.set(new Date((paymentGraceUntil?.getTime() ?? 0) - 1000));
    expect(await check()).toMatchObject({ granted: true, until: paymentGraceUntil });
    bed.app.clock.set(paymentGraceUntil ?? new Date(0));
    expect(await check()).toMatchObject({ granted: false, reason: "payment_grace_over" });
    // Who owes may still see what is owed.
    expect((await billing().subscriptions.list()).items).toHaveLength(1);
    bed.app.clock.follow(() => bed.local.now());
  });

  test("is granted as it was, as stale, while Stripe does not take our key", async () => {
    const subscriptionId = await bed.subscribe(user, "pro");
    const { currentPeriodEnd } = await billing().subscriptions.get({ subscriptionId });
    await stripeFault({ route: "GET /v1/subscriptions/:id", kind: "status", status: 401, count: 1 });
    bed.app.clock.set(new Date((currentPeriodEnd?.getTime() ?? 0) + 2 * 3_600_000));
    expect(await check()).toMatchObject({ granted: true, stale: true, reason: "renewal_unconfirmed" });
    bed.app.clock.follow(() => bed.local.now());
  });

  test("while Stripe is down the last answer holds for 72 hours, and says that it is stale", async () => {
    const subscriptionId = await bed.subscribe(user, "pro");
    const { currentPeriodEnd } = await billing().subscriptions.get({ subscriptionId });
    const end = currentPeriodEnd?.getTime() ?? 0;
    await stripeFault({ route: "GET /v1/subscriptions/:id", kind: "status", status: 500, count: 2 });
    bed.app.clock.set(new Date(end + 2 * 3_600_000));
    expect(await check()).toMatchObject({ granted: true, stale: true, reason: "renewal_unconfirmed" });
    bed.app.clock.set(new Date(end + 73 * 3_600_000));
    expect(await check()).toMatchObject({ granted: false, reason: "renewal_missing" });
    bed.app.clock.follow(() => bed.local.now());
  });
});

describe("access.explain", () => {
  test("tells the rule, the rows, and what would change it", async () => {
    const subscriptionId = await bed.subscribe(user, "pro");
    const explained = await billing().access.explain({ feature: "exports" });
    expect(explained).toMatchObject({
      granted: true,
      rule: 1,
      considered: [{ kind: "subscription", id: subscriptionId, status: "active", granted: true }],
      unknownPrices: [],
    });
    expect(explained.wouldChange).not.toEqual([]);
  });

  test("agrees with list and check on every feature", async () => {
    await bed.subscribe(user, "pro");
    const { items } = await billing().access.list();
    expect(items.map(({ feature }) => feature)).toEqual(["exports", "seats"]);
    for (const access of items) {
      expect(await check(access.feature)).toEqual(access);
      expect(await billing().access.explain({ feature: access.feature })).toMatchObject(access);
    }
  });

  test("reads past the cache, which check does not", async () => {
    await bed.subscribe(user, "pro");
    expect(await check()).toMatchObject({ granted: true });
    await bed.app.owner
      .updateTable("subscriptions")
      .set({ status: "unpaid" })
      .where("organization_id", "=", user.organizationId)
      .execute();
    expect(await check()).toMatchObject({ granted: true });
    expect(await billing().access.explain({ feature: "exports" })).toMatchObject({ granted: false, reason: "unpaid" });
  });

  test("of a key that is none names the field", async () => {
    await expect(billing().access.explain({ feature: "Not A Key" })).rejects.toMatchObject({
      cause: { fieldIssues: [{ path: "feature" }] },
    });
    expect(await check("teleport")).toMatchObject({ granted: false, reason: "unknown_feature" });
  });
});

test("what an operator changes of a plan is so at once for those who pay it", async () => {
  const { productId } = await makePlan(bed, `plan-${user.userId}`);
  await bed.subscribe(user, `plan-${user.userId}`);
  expect(await check("seats")).toMatchObject({ granted: true, limit: 5 });
  await bed.as(bed.operator).products.features.set({ productId, features: [{ key: "seats", limit: 9 }] });
  await bed.app.jobsIdle();
  expect(await check("seats")).toMatchObject({ granted: true, limit: 9 });
  expect(await check("exports")).toMatchObject({ granted: false, reason: "feature_not_in_plan" });
});
