import { sql } from "kysely";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { eventOf, sign, startWebhookBed } from "./webhook-bed.ts";
import type { WebhookBed } from "./webhook-bed.ts";

let bed: WebhookBed;

beforeAll(async () => {
  bed = await startWebhookBed({ runWorkers: false });
});
afterAll(() => bed.close());
afterEach(async () => {
  await sql`alter table private.webhook_inbox drop constraint if exists no_poison`.execute(bed.app.owner);
  await sql`drop trigger if exists refuse_at_commit on private.webhook_inbox`.execute(bed.app.owner);
});

const mebibyte = 1024 * 1024;
const typed = (type: string, changes: object = {}) =>
  eventOf({ type, object: { object: "product", id: `prod_${type}` }, ...changes });
const rowsOf = (type: string) =>
  bed.app.owner.selectFrom("private.webhook_inbox").selectAll().where("type", "=", type).execute();
const jobsOf = (type: string) =>
  bed.app.jobs.boss.findJobs("webhooks.process", { data: { subject: `product:prod_${type}` } });

const Answer = z.object({ status: z.string().optional() });

async function deliverAll(events: readonly object[]): Promise<{ status: number; receipt: string | undefined }[]> {
  return Promise.all(
    events.map(async (event) => {
      const response = await bed.deliver(event);
      return { status: response.status, receipt: Answer.parse(await response.json()).status };
    }),
  );
}

/** Holds up every insert until the returned function is called, or until the time-out of a lock at the latest. */
async function holdInserts(): Promise<() => Promise<void>> {
  const connection = await bed.app.owner.startTransaction().execute();
  await sql`lock table private.webhook_inbox in exclusive mode`.execute(connection);
  return () => connection.rollback().execute();
}

test("two hundred deliveries at once are each stored with a job, in few transactions", async () => {
  const type = "test.crowd";
  const answers = await deliverAll(Array.from({ length: 200 }, () => typed(type)));
  expect(new Set(answers.map(({ receipt }) => receipt))).toEqual(new Set(["stored"]));
  const rows = await rowsOf(type);
  expect(rows).toHaveLength(200);
  expect(await jobsOf(type)).toHaveLength(200);
  // The default of `received_at` is the start of the transaction.
  const [counted] = await bed.app.owner
    .selectFrom("private.webhook_inbox")
    .select((eb) => eb.fn.count<number>("received_at").distinct().as("transactions"))
    .where("type", "=", type)
    .execute();
  expect(counted?.transactions).toBeLessThan(60);
});

test("one id with fifty different bodies in one batch is stored once, and the others are told so", async () => {
  const type = "test.same";
  const release = await holdInserts();
  const { id } = typed(type);
  const answers = deliverAll(Array.from({ length: 50 }, (_, place) => typed(type, { id, note: place })));
  await bed.app.lockAwaited();
  await release();
  const receipts = (await answers).map(({ receipt }) => receipt);
  expect(receipts.filter((receipt) => receipt === "stored")).toHaveLength(1);
  expect(receipts.filter((receipt) => receipt === "already_stored")).toHaveLength(49);
  expect(await rowsOf(type)).toHaveLength(1);
  expect(await jobsOf(type)).toHaveLength(1);
});

test("an event that the database refuses does not keep those from being stored that came with it", async () => {
  const type = "test.poison";
  await sql`alter table private.webhook_inbox add constraint no_poison check (not is_live or type <> ${sql.lit(type)})`.execute(
    bed.app.owner,
  );
  const release = await holdInserts();
  const good = Array.from({ length: 20 }, () => typed(type));
  const answers = deliverAll([...good.slice(0, 10), typed(type, { livemode: true }), ...good.slice(10)]);
  await bed.app.lockAwaited();
  await release();
  const statuses = (await answers).map(({ status }) => status);
  expect(statuses).toEqual([...Array(10).fill(200), 503, ...Array(10).fill(200)]);
  expect(await rowsOf(type)).toHaveLength(20);
  expect(await jobsOf(type)).toHaveLength(20);
});

test("an event that is refused only at the commit is not taken for stored, and can come again", async () => {
  const type = "test.late";
  await sql`create or replace function refuse_late() returns trigger language plpgsql as $$
    begin raise exception 'refused at the commit'; end $$`.execute(bed.app.owner);
  await sql`create constraint trigger refuse_at_commit after insert on private.webhook_inbox
    deferrable initially deferred for each row when (new.is_live) execute function refuse_late()`.execute(
    bed.app.owner,
  );
  const late = typed(type, { livemode: true });
  const answers = await deliverAll([typed(type), late, typed(type)]);
  expect(answers.map(({ status }) => status)).toEqual([200, 503, 200]);
  await sql`drop trigger refuse_at_commit on private.webhook_inbox`.execute(bed.app.owner);
  expect(await deliverAll([late])).toEqual([{ status: 200, receipt: "stored" }]);
  expect(await rowsOf(type)).toHaveLength(3);
});

test("more than may wait is answered 503 with Retry-After, what waits is stored, and what was refused can come again", async () => {
  const type = "test.flood";
  const release = await holdInserts();
  const flood = Array.from({ length: 40 }, () => typed(type, { padding: "x".repeat(mebibyte - 1000) }));
  const bodies = flood.map((event) => JSON.stringify(event));
  // From an address each: one sender may not have so much on its way at once.
  const answers = bodies.map((body, place) =>
    bed.post(body, { "stripe-signature": sign(body), "x-forwarded-for": `192.0.2.${place}` }),
  );
  const refused = await Promise.race(answers);
  expect(refused.status).toBe(503);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  await release();
  const statuses = (await Promise.all(answers)).map(({ status }) => status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(32);
  expect(statuses.filter((status) => status === 503)).toHaveLength(8);
  expect(await rowsOf(type)).toHaveLength(32);
  const again = flood.filter((_, place) => statuses[place] === 503);
  for (const event of again) expect((await bed.deliver(event)).status).toBe(200);
  expect(await rowsOf(type)).toHaveLength(40);
});
