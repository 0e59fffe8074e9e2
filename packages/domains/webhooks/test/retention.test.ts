import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { deleteClosedEvents } from "../src/inbox-queries.ts";
import { forgetClosedEvents } from "../src/retention.ts";
import { eventOf, startWebhookBed } from "./webhook-bed.ts";
import type { WebhookBed } from "./webhook-bed.ts";

let bed: WebhookBed;

beforeAll(async () => {
  bed = await startWebhookBed({ runWorkers: false });
});
afterAll(() => bed.close());

const ctx = () => bed.app.ctxOf({ type: "system", job: "webhooks.schedule.retention" });

/** Stores an event and makes it look as one that came `receivedDays` ago and was closed `closedDays` ago. */
async function store(status: string, receivedDays: number, closedDays: number | null): Promise<string> {
  const { id, ...event } = eventOf();
  await bed.deliver({ id, ...event });
  await bed.app.owner
    .updateTable("private.webhook_inbox")
    .set({
      status,
      received_at: sql<Date>`now() - make_interval(days => ${receivedDays})`,
      processed_at: closedDays === null ? null : sql<Date>`now() - make_interval(days => ${closedDays})`,
    })
    .where("event_id", "=", id)
    .execute();
  return id;
}

async function keptOf(ids: readonly string[]): Promise<string[]> {
  const rows = await bed.app.owner
    .selectFrom("private.webhook_inbox")
    .select("event_id")
    .where("event_id", "in", ids)
    .execute();
  return rows.map((row) => row.event_id).toSorted();
}

test("events closed more than 400 days ago are deleted, and no others", async () => {
  const gone = [await store("done", 402, 401), await store("ignored", 401, 401), await store("ignored", 401, null)];
  const kept = [
    await store("done", 399, 399),
    await store("dead", 900, 900),
    await store("pending", 900, null),
    // Replayed yesterday.
    await store("done", 900, 1),
  ];
  await forgetClosedEvents(ctx());
  expect(await keptOf([...gone, ...kept])).toEqual(kept.toSorted());
});

test("thousands go in several transactions", async () => {
  await sql`insert into private.webhook_inbox (id, provider, event_id, type, is_live, event_created_at, subject, body, status, received_at)
    select gen_random_uuid(), 'stripe', 'evt_many_' || n, 'test.many', false, now(), 'event:many', '{}', 'done', now() - interval '500 days'
    from generate_series(1, 2500) n`.execute(bed.app.owner);
  await forgetClosedEvents(ctx());
  const left = bed.app.owner.selectFrom("private.webhook_inbox").select("id").where("type", "=", "test.many");
  expect(await left.execute()).toEqual([]);
});

test("nothing younger than 90 days can be deleted, and only the service role may ask", async () => {
  const young = await store("done", 89, 89);
  await ctx().tx((tx) => deleteClosedEvents(tx.db, 1, 1000));
  expect(await keptOf([young])).toEqual([young]);
  const { actor } = await bed.app.createUser({ isOperator: true });
  for (const who of [actor, { type: "anonymous" } as const, { type: "webhook", source: "stripe" } as const]) {
    const attempt = bed.app.ctxOf(who).tx((tx) => deleteClosedEvents(tx.db, 400, 1000));
    await expect(attempt).rejects.toMatchObject({ code: "42501" });
  }
});
