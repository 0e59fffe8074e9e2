import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { newId } from "@turnpike/core";
import type { TestUser } from "@turnpike/testing";
import type { BillingBed } from "./billing-bed.ts";
import {
  addMember,
  customerOf,
  declined,
  eventNames,
  makePlan,
  refused,
  returns,
  startBillingBed,
} from "./billing-bed.ts";
import { deliver, eventsOf } from "./deliver.ts";

let bed: BillingBed;
let user: TestUser;

beforeAll(async () => {
  bed = await startBillingBed();
  await makePlan(bed, "pro");
  await makePlan(bed, "other");
});
afterAll(() => bed.close());
beforeEach(async () => {
  user = await bed.app.createUser();
});

const start = (who: TestUser, changes: object = {}) =>
  bed.as(who).billing.checkout.start({ lookupKey: "pro", ...returns, ...changes });

describe("checkout.start", () => {
  test("leads from no access, over a payment, to access without any webhook", async () => {
    expect(await bed.as(user).billing.access.check({ feature: "exports" })).toMatchObject({
      granted: false,
      reason: "no_subscription",
    });
    const { url, sessionId } = await start(user);
    expect(await bed.as(user).billing.checkout.status({ sessionId })).toMatchObject({
      status: "open",
      subscriptionId: null,
    });
    const paid = await bed.pay(url);
    expect(paid.headers.get("location")).toBe(`http://app.test/done?s=${sessionId}`);
    const status = await bed.as(user).billing.checkout.status({ sessionId });
    expect(status).toMatchObject({ status: "complete", paymentStatus: "paid" });
    expect(await bed.as(user).billing.access.check({ feature: "seats" })).toMatchObject({
      granted: true,
      limit: 5,
      reason: "subscription_active",
      source: { kind: "subscription", id: status.subscriptionId },
      until: null,
    });
  });

  test("a declined card gives no subscription and no access", async () => {
    const { url, sessionId } = await start(user);
    expect((await bed.pay(url, declined)).status).toBe(402);
    expect(await bed.as(user).billing.checkout.status({ sessionId })).toMatchObject({ status: "open" });
    expect(await bed.as(user).billing.access.check({ feature: "exports" })).toMatchObject({ granted: false });
  });

  test("twenty at once make one customer and one session", async () => {
    const starts = await Promise.all(Array.from({ length: 20 }, () => start(user)));
    expect(new Set(starts.map(({ sessionId }) => sessionId)).size).toBe(1);
    const { data } = await bed.stripe.customers.list({ limit: 100 });
    expect(data.filter(({ metadata }) => metadata.turnpike_organization_id === user.organizationId)).toHaveLength(1);
  });

  test("an owner and an admin at once end up with one session between them", async () => {
    const admin = await addMember(bed, user, "admin");
    const request = { organizationId: user.organizationId };
    const both = await Promise.all([
      start(user),
      bed.as(admin, request).billing.checkout.start({ lookupKey: "pro", ...returns }),
    ]);
    const { data } = await bed.stripe.checkout.sessions.list({ limit: 100 });
    const open = data.filter(
      (session) => session.status === "open" && session.client_reference_id === user.organizationId,
    );
    expect(open).toHaveLength(1);
    expect(both.map(({ sessionId }) => sessionId)).toContain(open[0]?.id);
    expect((await start(user)).sessionId).toBe(open[0]?.id);
  });

  test("the same again gives the same session, and others for the product take its place", async () => {
    const first = await start(user);
    expect(await start(user)).toEqual(first);
    const second = await start(user, { quantity: 3 });
    expect(second.sessionId).not.toBe(first.sessionId);
    expect((await bed.stripe.checkout.sessions.retrieve(first.sessionId)).status).toBe("expired");
    const third = await start(user);
    expect(third.sessionId).not.toBe(first.sessionId);
    expect((await bed.stripe.checkout.sessions.retrieve(third.sessionId)).status).toBe("open");
  });

  test("is refused while there is a subscription to the product, and not for another product", async () => {
    await bed.subscribe(user, "pro");
    await expect(start(user)).rejects.toMatchObject(refused("billing.already_subscribed"));
    expect((await start(user, { lookupKey: "other" })).url).toMatch(/^http/);
  });

  test("is refused after a payment that nobody has told us of", async () => {
    const { url } = await start(user);
    await bed.pay(url);
    await expect(start(user)).rejects.toMatchObject(refused("billing.already_subscribed"));
    expect(await bed.as(user).billing.access.check({ feature: "exports" })).toMatchObject({ granted: true });
  });

  test("replaces a customer that was deleted at Stripe without our knowing", async () => {
    await start(user);
    const before = await customerOf(bed, user.organizationId);
    await bed.stripe.customers.del(before);
    expect((await start(user, { lookupKey: "other" })).url).toMatch(/^http/);
    expect(await customerOf(bed, user.organizationId)).not.toBe(before);
    expect((await bed.as(user).billing.portal.open({ returnUrl: returns.cancelUrl })).url).toMatch(/^http/);
  });

  test("ends what such a customer had, and tells it once, whether or not its event comes", async () => {
    await bed.subscribe(user, "pro");
    const before = await customerOf(bed, user.organizationId);
    await bed.stripe.customers.del(before);
    await start(user, { lookupKey: "other" });
    for (const event of await eventsOf(bed, before)) await deliver(bed, event);
    const names = await eventNames(bed, user.organizationId);
    expect(names.filter((name) => name === "billing.customer_deleted")).toHaveLength(1);
    expect(names.filter((name) => name === "billing.subscription_canceled")).toHaveLength(1);
    expect(await customerOf(bed, user.organizationId)).not.toBe(before);
  });

  test("takes a promotion code", async () => {
    const coupon = await bed.stripe.coupons.create({ percent_off: 50, duration: "forever" });
    const promotion = { type: "coupon" as const, coupon: coupon.id };
    await bed.stripe.promotionCodes.create({ promotion, code: "HALF" });
    const { sessionId } = await start(user, { promotionCode: "HALF" });
    expect(await bed.stripe.checkout.sessions.retrieve(sessionId)).toMatchObject({
      amount_subtotal: 2900,
      amount_total: 1450,
    });
  });

  test("takes a price by our id and by Stripe's", async () => {
    const { priceId, stripePriceId } = await makePlan(bed, `by-id-${newId()}`);
    const byOurs = await start(user, { lookupKey: undefined, priceId });
    expect(await start(user, { lookupKey: undefined, priceId: stripePriceId })).toEqual(byOurs);
  });
});

test("checkout.status knows no session of another organization", async () => {
  const { sessionId } = await start(user);
  const stranger = await bed.app.createUser();
  await expect(bed.as(stranger).billing.checkout.status({ sessionId })).rejects.toMatchObject(
    refused("billing.session_not_found"),
  );
});
