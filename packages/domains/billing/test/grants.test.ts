import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { newId } from "@turnpike/core";
import { findFeature } from "@turnpike/products";
import type { TestUser } from "@turnpike/testing";
import { withAccessDiff } from "../src/mirror/access-diff.ts";
import { insertGrant } from "../src/queries/access.ts";
import type { BillingBed } from "./billing-bed.ts";
import { eventNames, makePlan, refused, startBillingBed } from "./billing-bed.ts";

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

describe("grants by hand", () => {
  const grantTo = (changes: object = {}) =>
    bed.as(bed.operator).billing.grants.create({
      organizationId: user.organizationId,
      feature: "exports",
      reason: "a pilot",
      ...changes,
    });

  test("give access until they end, and their revocation takes it at once", async () => {
    const grant = await grantTo({ expiresAt: new Date(bed.local.now().getTime() + 86_400_000) });
    expect(await check()).toMatchObject({
      granted: true,
      reason: "granted_by_hand",
      source: { kind: "grant", id: grant.id },
      until: grant.expiresAt,
    });
    await bed.as(bed.operator).billing.grants.revoke({ grantId: grant.id });
    expect(await check()).toMatchObject({ granted: false, reason: "grant_revoked" });
    await expect(bed.as(bed.operator).billing.grants.revoke({ grantId: grant.id })).rejects.toMatchObject(
      refused("billing.already_revoked"),
    );
    expect(await eventNames(bed, user.organizationId)).toEqual(["billing.access_changed", "billing.access_changed"]);
  });

  test("that change at once are told as they are in the end", async () => {
    const first = await grantTo();
    const system = bed.app.ctxOf({ type: "system", job: "test" });
    const revoking: Promise<unknown>[] = [];
    await system.tx((tx) =>
      withAccessDiff(tx, user.organizationId, null, async () => {
        const feature = await findFeature(tx.db, "exports");
        await insertGrant(tx.db, {
          id: newId(),
          organizationId: user.organizationId,
          featureId: feature?.id ?? "",
          limit: null,
          reason: "another",
          expiresAt: null,
          createdBy: "test",
          createdAt: tx.now(),
        });
        const revoked = bed.as(bed.operator).billing.grants.revoke({ grantId: first.id });
        revoking.push(revoked);
        await Promise.race([revoked, bed.app.lockAwaited()]);
      }),
    );
    await Promise.all(revoking);
    expect(await check()).toMatchObject({ granted: true });
    expect(await eventNames(bed, user.organizationId)).toEqual(["billing.access_changed"]);
  });

  test("are made by operators, for what exists, and make sense", async () => {
    await expect(
      billing().grants.create({ organizationId: user.organizationId, feature: "exports", reason: "me" }),
    ).rejects.toMatchObject(refused("core.forbidden"));
    await expect(grantTo({ feature: "teleport" })).rejects.toMatchObject(refused("billing.feature_not_found"));
    await expect(grantTo({ organizationId: newId() })).rejects.toMatchObject(refused("billing.organization_not_found"));
    await expect(grantTo({ limit: 3, expiresAt: new Date(0) })).rejects.toMatchObject({
      cause: { fieldIssues: [{ path: "expiresAt" }, { path: "limit" }] },
    });
    await expect(bed.as(bed.operator).billing.grants.revoke({ grantId: newId() })).rejects.toMatchObject(
      refused("billing.grant_not_found"),
    );
  });

  test("are listed for one organization, newest first", async () => {
    const first = await grantTo();
    const second = await grantTo({ feature: "seats", limit: 50 });
    const input = { organizationId: user.organizationId };
    expect((await bed.as(bed.operator).billing.grants.list(input)).items).toEqual([second, first]);
    expect(await check("seats")).toMatchObject({ granted: true, limit: 50 });
  });
});
