import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApp } from "@turnpike/testing";
import type { TestApp } from "@turnpike/testing";
import system from "../src/index.ts";
import { forgetReceipts } from "../src/retention.ts";

let app: TestApp;

beforeAll(async () => {
  app = await createTestApp({ modules: [system] });
});
afterAll(() => app.close());

const ctx = () => app.ctxOf({ type: "system", job: "system.schedule.retention" });

/** An event of so many days ago, with an id of that time, and the receipt that a listener gave for it later. */
async function store(eventDays: number, receiptDays: number): Promise<string> {
  const time = (Date.now() - eventDays * 86_400_000).toString(16).padStart(12, "0");
  const id = `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${crypto.randomUUID().slice(24)}`;
  await sql`insert into private.events (id, name, actor, data, request_id, occurred_at)
    values (${id}, 'quarry.opened', '{}', '{}', 'test', now())`.execute(app.owner);
  await sql`insert into private.event_receipts (event_id, listener, handled_at)
    values (${id}, 'quarry.on.announce', now() - make_interval(days => ${receiptDays}))`.execute(app.owner);
  return id;
}

async function receiptsOf(ids: readonly string[]): Promise<string[]> {
  const query = app.owner.selectFrom("private.event_receipts").select("event_id").where("event_id", "in", ids);
  return (await query.execute()).map((row) => row.event_id).toSorted();
}

test("receipts older than 400 days are deleted, and neither younger ones nor the events", async () => {
  const old = await store(402, 401);
  const kept = [await store(399, 399), await store(900, 1)];
  await forgetReceipts(ctx());
  expect(await receiptsOf([old, ...kept])).toEqual(kept.toSorted());
  const events = app.owner
    .selectFrom("private.events")
    .select("id")
    .where("id", "in", [old, ...kept]);
  expect(await events.execute()).toHaveLength(3);
});

test("nothing younger than 90 days can be deleted, and only the service role may ask", async () => {
  const young = await store(89, 89);
  const attempt = sql`select private.delete_old_receipts(interval '1 day', 1000)`;
  await ctx().tx((tx) => attempt.execute(tx.db));
  expect(await receiptsOf([young])).toEqual([young]);
  const { actor } = await app.createUser({ isOperator: true });
  const refused = app.ctxOf(actor).tx((tx) => attempt.execute(tx.db));
  await expect(refused).rejects.toMatchObject({ code: "42501" });
});
