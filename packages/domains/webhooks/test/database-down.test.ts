import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createMirrorTables, createRemote, effectsOf, mirrorOf } from "./mirror-bed.ts";
import { eventOf, startWebhookBed } from "./webhook-bed.ts";
import type { WebhookBed } from "./webhook-bed.ts";

const remote = createRemote();
let bed: WebhookBed;

beforeAll(async () => {
  bed = await startWebhookBed({ mirrors: [mirrorOf(remote)] });
  await createMirrorTables(bed.app.owner);
});
afterAll(() => bed.close());

/** Ends the API's connections and admits no new ones, or admits them again. */
async function setDatabaseDown(isDown: boolean): Promise<void> {
  const { rows } = await sql<{ name: string }>`select current_database() as name`.execute(bed.app.owner);
  await sql`alter database ${sql.id(rows[0]?.name ?? "")} connection limit ${sql.raw(isDown ? "0" : "-1")}`.execute(
    bed.app.owner,
  );
  if (!isDown) return;
  await sql`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and usename = 'turnpike_api'`.execute(bed.app.owner);
}

test("while the database is down a delivery is answered 503 with Retry-After, and afterwards stored without a restart", async () => {
  remote.states.set("sub_a", "active");
  const known = eventOf({ object: { object: "subscription", id: "sub_0", customer: "cus_0" } });
  await bed.deliver(known);
  await bed.app.jobsIdle();
  const event = eventOf({ object: { object: "subscription", id: "sub_a", customer: "cus_a" } });
  await setDatabaseDown(true);
  const refused = await bed.deliver(event);
  expect(refused.status).toBe(503);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(await refused.json()).toEqual({
    error: { appCode: "core.unavailable", message: expect.any(String), requestId: expect.any(String) },
  });
  // What is stored already needs no database, and what is no event is still told so.
  expect((await bed.deliver(known)).status).toBe(200);
  expect((await bed.post("no event")).status).toBe(400);
  await setDatabaseDown(false);
  const stored = await bed.deliver(event);
  expect(stored.status).toBe(200);
  expect(await stored.json()).toEqual({ status: "stored" });
  await bed.app.jobsIdle();
  expect(await effectsOf(bed.app.owner, "sub_a")).toEqual(["active"]);
});

test("deliveries whose transaction is cut in the middle are all answered 503, and stored once when they come again", async () => {
  const events = Array.from({ length: 20 }, (_, place) =>
    eventOf({ type: "test.cut", object: { object: "product", id: `prod_cut_${place}` } }),
  );
  const holder = await bed.app.owner.startTransaction().execute();
  await sql`lock table private.webhook_inbox in exclusive mode`.execute(holder);
  const cut = Promise.all(events.map((event) => bed.deliver(event)));
  await bed.app.lockAwaited();
  await setDatabaseDown(true);
  expect(new Set((await cut).map(({ status }) => status))).toEqual(new Set([503]));
  await holder.rollback().execute();
  await setDatabaseDown(false);
  const again = await Promise.all(events.map((event) => bed.deliver(event)));
  expect(new Set(again.map(({ status }) => status))).toEqual(new Set([200]));
  const rows = bed.app.owner.selectFrom("private.webhook_inbox").select("id").where("type", "=", "test.cut");
  expect(await rows.execute()).toHaveLength(events.length);
});
