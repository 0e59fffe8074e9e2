import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Actor } from "@turnpike/core";
import { newId } from "@turnpike/core";
import type { TestUser } from "@turnpike/testing";
import type { BillingBed } from "./billing-bed.ts";
import { addMember, makePlan, startBillingBed } from "./billing-bed.ts";
import { logins, sqlAs } from "./sql-as.ts";

// SQLSTATE insufficient_privilege.
const denied = { refused: "42501" };
const anonymous: Actor = { type: "anonymous" };
const system: Actor = { type: "system", job: "test" };

/** What a member may read of each table: every granted column. */
const reads = {
  customers: "select * from public.customers",
  subscriptions: "select id, status, past_due_since from public.subscriptions",
  subscription_items: "select * from public.subscription_items",
  invoices: "select id, total_minor, status from public.invoices",
  checkout_sessions: "select * from public.checkout_sessions",
  access_grants: "select id, limit_value, expires_at from public.access_grants",
};

let bed: BillingBed;
let owner: TestUser;
let member: TestUser;
let stranger: TestUser;

beforeAll(async () => {
  bed = await startBillingBed();
  await makePlan(bed, "pro", { trialDays: 7 });
  owner = await bed.app.createUser();
  member = await addMember(bed, owner, "member");
  stranger = await bed.app.createUser();
  await bed.subscribe(owner, "pro");
  await bed.as(bed.operator).billing.customers.sync({ organizationId: owner.organizationId });
  const grant = { organizationId: owner.organizationId, feature: "exports", reason: "confidential" };
  await bed.as(bed.operator).billing.grants.create(grant);
});
afterAll(() => bed.close());

describe.each(logins)("logged in as %s", (login) => {
  const as = (actor: Actor, statement: string) => sqlAs(bed.app, login, actor, statement);

  describe.each(Object.entries(reads))("%s", (table, read) => {
    test("shows its members their own, strangers nothing, visitors not even that", async () => {
      expect(await as(owner.actor, read)).toEqual({ rows: 1 });
      expect(await as(member.actor, read)).toEqual({ rows: 1 });
      expect(await as(stranger.actor, read)).toEqual({ rows: 0 });
      expect(await as(anonymous, read)).toEqual(denied);
      const key: Actor = { type: "apiKey", keyId: newId(), organizationId: owner.organizationId, scopes: [] };
      expect(await as(key, read)).toEqual({ rows: 1 });
      expect(await as({ ...key, organizationId: stranger.organizationId }, read)).toEqual({ rows: 0 });
    });

    test("can be written by nobody but the system", async () => {
      for (const actor of [owner.actor, member.actor, stranger.actor, anonymous]) {
        expect(await as(actor, `delete from public.${table}`)).toEqual(denied);
        expect(await as(actor, `insert into public.${table} default values`)).toEqual(denied);
        expect(await as(actor, `update public.${table} set organization_id = '${stranger.organizationId}'`)).toEqual(
          denied,
        );
      }
      expect(await as(system, `update public.${table} set organization_id = organization_id`)).toMatchObject({
        rows: expect.any(Number),
      });
    });
  });

  test.each([
    ["subscriptions", "status = 'active'"],
    ["subscriptions", "current_period_end = now() + interval '9 years'"],
    ["subscriptions", "past_due_since = null"],
    ["subscription_items", "quantity = 1000"],
    ["invoices", "amount_paid_minor = total_minor"],
    ["invoices", "status = 'paid'"],
    ["checkout_sessions", "status = 'complete'"],
    ["access_grants", "expires_at = null, revoked_at = null"],
    ["customers", "stripe_customer_id = 'cus_of_another'"],
  ])("nobody sets %s.%s of their own", async (table, change) => {
    expect(await as(owner.actor, `update public.${table} set ${change}`)).toEqual(denied);
  });

  test.each([
    "select snapshot from public.subscriptions",
    "select snapshot from public.invoices",
    "select reason from public.access_grants",
    "select created_by from public.access_grants",
    "select * from private.trial_uses",
    "insert into private.trial_uses (subject, stripe_subscription_id) values ('user:x', 'sub_x')",
    "delete from private.trial_uses",
  ])("nobody runs: %s", async (statement) => {
    for (const actor of [owner.actor, stranger.actor, anonymous]) expect(await as(actor, statement)).toEqual(denied);
  });

  test("the system remembers trials and cannot forget them", async () => {
    expect(await as(system, "select * from private.trial_uses")).toEqual({ rows: 2 });
    expect(await as(system, "delete from private.trial_uses")).toEqual(denied);
  });
});
