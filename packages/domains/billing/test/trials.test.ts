import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { newId } from "@turnpike/core";
import type { TestUser } from "@turnpike/testing";
import type { BillingBed } from "./billing-bed.ts";
import { makePlan, returns, startBillingBed } from "./billing-bed.ts";

let bed: BillingBed;
let user: TestUser;

beforeAll(async () => {
  bed = await startBillingBed();
  await makePlan(bed, "trial", { trialDays: 14 });
  await makePlan(bed, "other-trial", { trialDays: 30 });
});
afterAll(() => bed.close());
beforeEach(async () => {
  user = await bed.app.createUser();
});

const billing = () => bed.as(user).billing;
const start = (lookupKey: string) => billing().checkout.start({ lookupKey, ...returns });

/** Pays a started checkout and says what kind of subscription it made. */
async function outcome(of: ReturnType<typeof billing>, started: { url: string; sessionId: string }): Promise<string> {
  await bed.pay(started.url);
  const { subscriptionId } = await of.checkout.status(started);
  return (await of.subscriptions.get({ subscriptionId: subscriptionId ?? "" })).status;
}

async function secondOrganization() {
  const organizationId = newId();
  await bed.app.owner.insertInto("organizations").values({ id: organizationId, name: "Second" }).execute();
  const membership = { organization_id: organizationId, user_id: user.userId, role: "owner" };
  await bed.app.owner.insertInto("organization_members").values(membership).execute();
  return bed.as(user, { organizationId }).billing;
}

test("gives the plan until it ends, then what it became", async () => {
  expect(await outcome(billing(), await start("trial"))).toBe("trialing");
  const trialEnd = new Date(bed.local.now().getTime() + 14 * 86_400_000);
  const access = await billing().access.check({ feature: "exports" });
  expect(access).toMatchObject({ granted: true, reason: "trialing" });
  expect(Math.abs(trialEnd.getTime() - (access.until?.getTime() ?? 0))).toBeLessThan(60_000);
  await bed.advance(16);
  expect(await billing().access.check({ feature: "exports" })).toMatchObject({
    granted: true,
    reason: "subscription_active",
    until: null,
  });
});

test("is once ever per organization, on whatever plan, whatever became of it", async () => {
  const subscriptionId = await bed.subscribe(user, "trial");
  await billing().subscriptions.cancel({ subscriptionId, at: "now" });
  expect(await outcome(billing(), await start("trial"))).toBe("active");
  expect(await outcome(billing(), await start("other-trial"))).toBe("active");
});

test("is once ever per person, in whatever organization", async () => {
  await bed.subscribe(user, "trial");
  const second = await secondOrganization();
  expect(await outcome(second, await second.checkout.start({ lookupKey: "trial", ...returns }))).toBe("active");
});

test("is not had twice by two checkouts at once: the second takes it from the first", async () => {
  const first = await start("trial");
  const second = await start("other-trial");
  expect((await bed.stripe.checkout.sessions.retrieve(first.sessionId)).status).toBe("expired");
  expect(await outcome(billing(), second)).toBe("trialing");
});

test("is not had twice while nobody has told us of the first", async () => {
  const { url } = await start("trial");
  await bed.pay(url);
  expect(await outcome(billing(), await start("other-trial"))).toBe("active");
});

test("is not had twice by checkouts of two organizations of one person", async () => {
  const first = await start("trial");
  const second = await secondOrganization();
  const other = await second.checkout.start({ lookupKey: "trial", ...returns });
  expect(await outcome(billing(), first)).toBe("trialing");
  expect(await outcome(second, other)).toBe("active");
});
