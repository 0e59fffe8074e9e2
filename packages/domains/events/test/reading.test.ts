import { afterAll, beforeAll, expect, test } from "vitest";
import type { DatabasePort, OrganizationCtx } from "@turnpike/core";
import { createCtx, newId } from "@turnpike/core";
import { openStream } from "../src/service/open-stream.ts";
import type { StreamBed } from "./stream-bed.ts";
import { createStreamBed } from "./stream-bed.ts";

const beginning = { lastEventId: "00000000-0000-0000-0000-000000000000" };

let bed: StreamBed;
beforeAll(async () => {
  bed = await createStreamBed();
  // The first one's context is what the checks of all streams run under.
  (await bed.open()).leave();
});
afterAll(() => bed.close());

/** A new member's context over a database that a test watches or breaks. */
async function memberOver(port: (real: DatabasePort) => Partial<DatabasePort>): Promise<OrganizationCtx> {
  const { actor, organizationId } = await bed.createUser();
  const { database } = bed.deps;
  const ctx = createCtx({ ...bed.deps, database: { ...database, ...port(database) } }, actor, { requestId: newId() });
  return { ...ctx, organization: { id: organizationId, name: "", role: "owner" } };
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
