import { afterAll, beforeAll, expect, test } from "vitest";
import type { TestUser } from "@turnpike/testing";
import type { BillingBed } from "./billing-bed.ts";
import { makePlan, returns, startBillingBed } from "./billing-bed.ts";

let bed: BillingBed;
let user: TestUser;
let subscriptionId: string;

beforeAll(async () => {
  bed = await startBillingBed();
  await makePlan(bed, "pro");
  user = await bed.app.createUser();
  subscriptionId = await bed.subscribe(user, "pro");
});
afterAll(() => bed.close());

const namesField = (path: string) => ({
  code: "BAD_REQUEST",
  cause: { appCode: "core.invalid_input", fieldIssues: [{ path }] },
});

test.each(["x\0y", "x\ud800y"])("input with %j in it is refused with its field, and nothing happens", async (text) => {
  const { checkout, subscriptions } = bed.as(user).billing;
  const { grants } = bed.as(bed.operator).billing;
  await expect(subscriptions.cancel({ subscriptionId, at: "now", reason: text })).rejects.toMatchObject(
    namesField("reason"),
  );
  await expect(checkout.start({ lookupKey: text, ...returns })).rejects.toMatchObject(namesField("lookupKey"));
  await expect(checkout.start({ priceId: text, ...returns })).rejects.toMatchObject(namesField("priceId"));
  await expect(
    checkout.start({ lookupKey: "pro", ...returns, successUrl: `http://app.test/${text}` }),
  ).rejects.toMatchObject(namesField("successUrl"));
  await expect(checkout.status({ sessionId: text })).rejects.toMatchObject(namesField("sessionId"));
  await expect(
    grants.create({ organizationId: user.organizationId, feature: "exports", reason: text }),
  ).rejects.toMatchObject(namesField("reason"));
  expect(await subscriptions.get({ subscriptionId })).toMatchObject({ status: "active", isEnding: false });
});
