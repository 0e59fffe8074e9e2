import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createMirrorTables, createRemote, mirrorOf } from "./mirror-bed.ts";
import { eventOf, startWebhookBed } from "./webhook-bed.ts";
import type { WebhookBed } from "./webhook-bed.ts";

const remote = createRemote();
let bed: WebhookBed;

beforeAll(async () => {
  bed = await startWebhookBed({ mirrors: [mirrorOf(remote)] });
  await createMirrorTables(bed.app.owner);
});
afterAll(() => bed.close());

/** The same order in each run: a failure can be looked at again. */
function shuffled<T>(items: readonly T[]): T[] {
  let state = 42;
  const random = () => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648);
  return items
    .map((item) => ({ item, place: random() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ item }) => item);
}

async function deliverAll(events: readonly object[], atOnce: number): Promise<number[]> {
  const statuses: number[] = [];
  const left = [...events];
  const deliverSome = async (): Promise<void> => {
    for (let event = left.pop(); event; event = left.pop()) statuses.push((await bed.deliver(event)).status);
  };
  await Promise.all(Array.from({ length: atOnce }, deliverSome));
  return statuses;
}

test("two thousand deliveries in any order, one in ten of them doubled, have each effect once", async () => {
  const ids = Array.from({ length: 200 }, (_, place) => `sub_storm_${place}`);
  for (const id of ids) remote.states.set(id, "active");
  const events = Array.from({ length: 1800 }, (_, place) => {
    const id = ids[place % ids.length];
    return eventOf({ object: { object: "subscription", id, customer: `cus_${id}` } });
  });
  const statuses = await deliverAll(shuffled([...events, ...events.slice(0, 200)]), 64);
  expect(statuses).toHaveLength(2000);
  expect(new Set(statuses)).toEqual(new Set([200]));
  const open = bed.app.owner.selectFrom("private.webhook_inbox").select("id").where("status", "<>", "done");
  await expect.poll(async () => (await open.execute()).length, { timeout: 50_000, interval: 100 }).toBe(0);
  const { rows: stored } = await sql`select id from private.webhook_inbox`.execute(bed.app.owner);
  expect(stored).toHaveLength(1800);
  const { rows: effects } = await sql<{ id: string; times: number }>`
    select id, count(*)::int as times from test_effects group by id`.execute(bed.app.owner);
  expect(effects).toHaveLength(200);
  expect(new Set(effects.map(({ times }) => times))).toEqual(new Set([1]));
  expect(remote.reads.length).toBeLessThan(1800);
});
