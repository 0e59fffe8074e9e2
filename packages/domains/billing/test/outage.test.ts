import { afterEach, beforeEach, expect, test } from "vitest";
import { eventsChannel } from "@turnpike/core";
import type { TestUser } from "@turnpike/testing";
import type { BillingBed } from "./billing-bed.ts";
import { customerOf, makePlan, returns, startBillingBed } from "./billing-bed.ts";

let bed: BillingBed;
let user: TestUser;

beforeEach(async () => {
  bed = await startBillingBed();
  await makePlan(bed, "pro");
  user = await bed.app.createUser();
});
afterEach(() => bed.close());

async function fault(route: string, kind: string, count: number): Promise<void> {
  const body = JSON.stringify({ route, kind, count });
  const headers = { "content-type": "application/json" };
  expect((await fetch(`${bed.local.url}/_sim/faults`, { method: "POST", headers, body })).status).toBe(200);
}

const start = () => bed.as(user).billing.checkout.start({ lookupKey: "pro", ...returns });

test("Stripe failing for longer than we try says that it may be tried again, and leaves nothing", async () => {
  await fault("POST /v1/checkout/sessions", "status", 3);
  await expect(start()).rejects.toMatchObject({
    code: "SERVICE_UNAVAILABLE",
    cause: { appCode: "core.unavailable", retryAfterSec: 5 },
  });
  expect((await start()).url).toMatch(/^http/);
  const { data } = await bed.stripe.checkout.sessions.list({ limit: 10 });
  expect(data).toHaveLength(1);
});

test("Stripe failing while another checkout takes the place of the first says that it may be tried again", async () => {
  await start();
  const other = { lookupKey: "pro", ...returns, quantity: 2 };
  await fault("POST /v1/checkout/sessions/:id/expire", "status", 3);
  await expect(bed.as(user).billing.checkout.start(other)).rejects.toMatchObject({
    cause: { appCode: "core.unavailable" },
  });
  expect((await bed.as(user).billing.checkout.start(other)).url).toMatch(/^http/);
});

test.each(["POST /v1/customers", "POST /v1/checkout/sessions"])(
  "an answer to %s that is lost after Stripe has done it makes nothing twice",
  async (route) => {
    await fault(route, "drop_after_commit", 1);
    const { sessionId } = await start();
    const sessions = await bed.stripe.checkout.sessions.list({ limit: 10 });
    const customers = await bed.stripe.customers.list({ limit: 10 });
    expect(sessions.data.map(({ id }) => id)).toEqual([sessionId]);
    expect(customers.data.map(({ id }) => id)).toEqual([await customerOf(bed, user.organizationId)]);
  },
);

test("a cancellation whose answer is lost is canceled once", async () => {
  const subscriptionId = await bed.subscribe(user, "pro");
  await fault("POST /v1/subscriptions/:id", "drop_after_commit", 1);
  const canceled = await bed.as(user).billing.subscriptions.cancel({ subscriptionId, at: "period_end" });
  expect(canceled).toMatchObject({ isEnding: true });
});

test("what another instance changes is dropped from the cache as soon as the bus says so", async () => {
  await bed.subscribe(user, "pro");
  const check = () => bed.as(user).billing.access.check({ feature: "exports" });
  expect(await check()).toMatchObject({ granted: true });
  await bed.app.owner
    .updateTable("subscriptions")
    .set({ status: "unpaid" })
    .where("organization_id", "=", user.organizationId)
    .execute();
  const message = { id: "1", name: "billing.access_changed", organizationId: user.organizationId };
  await bed.app.deps.bus.publish(eventsChannel, { ...message, name: "billing.invoice_paid" });
  expect(await check()).toMatchObject({ granted: true });
  await bed.app.deps.bus.publish(eventsChannel, message);
  await expect.poll(check).toMatchObject({ granted: false, reason: "unpaid" });
});
