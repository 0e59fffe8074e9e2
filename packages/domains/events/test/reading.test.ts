import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { DatabasePort, OrganizationCtx } from "@turnpike/core";
import { createCtx, newId } from "@turnpike/core";
import { getHub } from "../src/hub.ts";
import { openStream } from "../src/service/open-stream.ts";
import type { StreamBed } from "./stream-bed.ts";
import { createStreamBed } from "./stream-bed.ts";

const beginning = { lastEventId: "00000000-0000-0000-0000-000000000000" };

let bed: StreamBed;
beforeAll(async () => {
  bed = await createStreamBed();
});
afterAll(() => bed.close());

/** A new member's context over a database that a test watches or breaks. */
async function memberOver(port: (real: DatabasePort) => Partial<DatabasePort>): Promise<OrganizationCtx> {
  const { actor, organizationId } = await bed.createUser();
  const { database } = bed.deps;
  const ctx = createCtx({ ...bed.deps, database: { ...database, ...port(database) } }, actor, { requestId: newId() });
  return { ...ctx, organization: { id: organizationId, name: "", role: "owner" } };
}

function ownerOf({ actor }: OrganizationCtx): string {
  if (actor.type !== "user") throw new Error("a member is a person");
  return actor.userId;
}

test("a page is read when the one before was taken: nothing piles up for a caller who is slow", async () => {
  let transactions = 0;
  const ctx = await memberOver((real) => ({
    transaction(identity, fn) {
      transactions += 1;
      return real.transaction(identity, fn);
    },
  }));
  await bed.plant(ctx.organization.id, ...Array.from({ length: 350 }, (_, at) => at));
  const leaving = new AbortController();
  const items = await openStream(ctx, beginning, leaving.signal);
  expect((await items.next()).value?.[1]).toBeNull();
  expect(transactions).toBe(0);
  for (let taken = 0; taken < 100; taken += 1) await items.next();
  expect(transactions).toBe(1);
  await items.next();
  expect(transactions).toBe(2);
  leaving.abort();
});

test("a database that fails ends the stream so that its client comes again, and the log says why", async () => {
  let isDown = false;
  const ctx = await memberOver((real) => ({
    transaction: (identity, fn) =>
      isDown ? Promise.reject(new Error("connection terminated")) : real.transaction(identity, fn),
  }));
  const items = await openStream(ctx, beginning);
  await items.next();
  isDown = true;
  await expect(items.next()).rejects.toMatchObject({ name: "AbortError" });
  const said = bed.log.entries.find(({ event }) => event === "events.read_failed");
  expect(said).toMatchObject({ level: "warn", fields: { error: { message: "connection terminated" } } });
});

test("an event that cannot be read is passed over and logged, and takes nothing from those after it", async () => {
  const { actor, organizationId } = await bed.createUser();
  const stream = await bed.open(undefined, actor);
  const [good] = await bed.plant(organizationId, 1);
  const id = newId();
  await sql`
    insert into private.events (id, name, organization_id, actor, data, request_id, occurred_at)
    select ${id}, name, organization_id, actor, '"no object"', request_id, occurred_at
    from private.events where id = ${good}`.execute(bed.owner);
  await bed.plant(organizationId, 2);
  expect(await stream.trees(2)).toEqual([1, 2]);
  const said = bed.log.entries.filter(({ event }) => event === "events.unreadable");
  expect(said).toEqual([expect.objectContaining({ level: "error", fields: expect.objectContaining({ eventId: id }) })]);
  stream.leave();
});

test("a stream that was cut counts until its connection is closed", async () => {
  const ctx = await memberOver((real) => real);
  const hub = getHub(ctx);
  const before = hub.size();
  const connection = new AbortController();
  const items = await openStream(ctx, beginning, connection.signal);
  await items.next();
  await sql`delete from auth.sessions where user_id = ${ownerOf(ctx)}`.execute(bed.owner);
  await hub.check();
  expect(hub.size()).toBe(before + 1);
  connection.abort();
  expect(hub.size()).toBe(before);
});
