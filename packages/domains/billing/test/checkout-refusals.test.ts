import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { newId } from "@turnpike/core";
import type { TestUser } from "@turnpike/testing";
import type { BillingBed } from "./billing-bed.ts";
import { addMember, makePlan, refused, returns, startBillingBed } from "./billing-bed.ts";

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

const start = (who: TestUser, changes: object = {}) =>
  bed.as(who).billing.checkout.start({ lookupKey: "pro", ...returns, ...changes });

describe("a wrong start", () => {
  test.each([
    ["successUrl", "http://evil.test/"],
    ["successUrl", "//evil.test"],
    ["successUrl", "http://app.test@evil.test/"],
    ["cancelUrl", "javascript:alert(1)"],
    ["cancelUrl", String.raw`\\evil.test`],
    ["cancelUrl", "http://app.test.evil.test/"],
  ])("with %s %s names the field", async (field, url) => {
    await expect(start(user, { [field]: url })).rejects.toMatchObject({
      code: "BAD_REQUEST",
      cause: { appCode: "core.invalid_input", fieldIssues: [{ path: field }] },
    });
  });

  test.each([
    ["no price", { lookupKey: undefined }, ["lookupKey"]],
    ["two prices", { priceId: "price_1" }, ["priceId"]],
    ["a lookup key that is no text", { lookupKey: 5 }, ["lookupKey"]],
    ["a priceId that is empty", { lookupKey: undefined, priceId: "" }, ["priceId"]],
    ["no price and no URL to return to", { lookupKey: undefined, cancelUrl: undefined }, ["cancelUrl", "lookupKey"]],
  ])("with %s names the field", async (_, changes, paths) => {
    await expect(start(user, changes)).rejects.toMatchObject({
      code: "BAD_REQUEST",
      cause: { appCode: "core.invalid_input", fieldIssues: paths.map((path) => ({ path })) },
    });
  });

  test.each([0, -1, 1.5, 1e6])("with quantity %d is refused", async (quantity) => {
    await expect(start(user, { quantity })).rejects.toMatchObject(refused("core.invalid_input"));
  });

  test("with a price that is not on sale is refused", async () => {
    const plan = await makePlan(bed, `gone-${newId()}`);
    await bed.as(bed.operator).products.archive({ productId: plan.productId });
    for (const named of [{ priceId: plan.priceId }, { priceId: newId() }, { priceId: "price_none" }]) {
      await expect(start(user, { lookupKey: undefined, ...named })).rejects.toMatchObject(
        refused("billing.price_not_found"),
      );
    }
    await expect(start(user, { lookupKey: "nothing" })).rejects.toMatchObject(refused("billing.price_not_found"));
    await expect(start(user, { priceId: plan.priceId })).rejects.toMatchObject(refused("core.invalid_input"));
  });

  test("with a price that was archived at Stripe without our knowing is refused, and not our fault", async () => {
    const { stripePriceId } = await makePlan(bed, `archived-${user.userId}`);
    await bed.stripe.prices.update(stripePriceId, { active: false });
    await expect(start(user, { lookupKey: `archived-${user.userId}` })).rejects.toMatchObject({
      code: "PRECONDITION_FAILED",
      cause: { appCode: "billing.refused_by_stripe" },
    });
  });

  test("with a promotion code that does not exist names the field", async () => {
    await expect(start(user, { promotionCode: "NOTHING" })).rejects.toMatchObject({
      cause: { appCode: "core.invalid_input", fieldIssues: [{ path: "promotionCode" }] },
    });
  });

  test("by a member, a visitor or an API key is refused", async () => {
    const member = await addMember(bed, user, "member");
    const request = { organizationId: user.organizationId };
    const input = { lookupKey: "pro", ...returns };
    const key = { type: "apiKey" as const, keyId: newId(), organizationId: user.organizationId, scopes: [] };
    await expect(bed.as(member, request).billing.checkout.start(input)).rejects.toMatchObject(
      refused("billing.not_allowed"),
    );
    await expect(bed.as(key).billing.checkout.start(input)).rejects.toMatchObject(refused("billing.not_allowed"));
    await expect(bed.as({ type: "anonymous" }).billing.checkout.start(input)).rejects.toMatchObject(
      refused("core.unauthenticated"),
    );
  });
});
