import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import type { Ctx } from "@turnpike/core";
import { createCtx, defineEvents, newId } from "@turnpike/core";
import type { TestApp } from "@turnpike/testing";
import { createTestApp } from "@turnpike/testing";

const events = defineEvents("garden", { planted: z.object({ organizationId: z.uuid(), tree: z.string() }) });
const system = { type: "system", job: "test" } as const;

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp({ modules: [] });
});
afterAll(() => app.close());

/** A context whose transactions have written everything and wait with their commit until `commit` is called. */
function slowToCommit() {
  const written = Promise.withResolvers<void>();
  const commit = Promise.withResolvers<void>();
  const { database } = app.deps;
  const ctx = createCtx(
    {
      ...app.deps,
      database: {
        ...database,
        transaction: (identity, fn) =>
          database.transaction(identity, async (db) => {
            const result = await fn(db);
            written.resolve();
            await commit.promise;
            return result;
          }),
      },
    },
    system,
    { requestId: newId() },
  );
  return { ctx, written: written.promise, commit: commit.resolve };
}

const plant = (ctx: Ctx, organizationId: string, tree: string): Promise<string> =>
  ctx.tx((tx) => tx.emit(events.planted, { organizationId, tree }));

function trees(organizationId: string): Promise<unknown[]> {
  return app.owner
    .selectFrom("private.events")
    .select("data")
    .where("organization_id", "=", organizationId)
    .orderBy("sequence")
    .execute()
    .then((rows) => rows.map(({ data }) => z.object({ tree: z.string() }).parse(data).tree));
}

test("an identity value alone is drawn at the insert, so that a later one can be seen first", async () => {
  const organizationId = newId();
  const insert = (name: string) => ({
    id: newId(),
    name,
    organization_id: organizationId,
    actor: "{}",
    data: "{}",
    request_id: "test",
    occurred_at: new Date(),
  });
  const visible = () =>
    app.owner.selectFrom("private.events").select("name").where("organization_id", "=", organizationId).execute();
  await app.owner.transaction().execute(async (first) => {
    await first.insertInto("private.events").values(insert("first")).execute();
    await app.owner.insertInto("private.events").values(insert("second")).execute();
    expect(await visible()).toEqual([{ name: "second" }]);
  });
});

test("an emitted event is not seen before one of its organization with a lower sequence", async () => {
  const organizationId = newId();
  const first = slowToCommit();
  const one = plant(first.ctx, organizationId, "first");
  await first.written;
  const two = plant(app.ctxOf(system), organizationId, "second");
  await app.lockAwaited();
  expect(await trees(organizationId)).toEqual([]);
  first.commit();
  await Promise.all([one, two]);
  expect(await trees(organizationId)).toEqual(["first", "second"]);
});

test("organizations do not wait for each other, and what belongs to none waits for nobody", async () => {
  const first = slowToCommit();
  const one = plant(first.ctx, newId(), "first");
  await first.written;
  const other = newId();
  await plant(app.ctxOf(system), other, "other");
  const general = defineEvents("garden", { opened: z.object({}) });
  await app.ctxOf(system).tx((tx) => tx.emit(general.opened, {}));
  expect(await trees(other)).toEqual(["other"]);
  first.commit();
  await one;
});

test("transactions that emit for several organizations in opposite orders all commit", async () => {
  const [a, b] = [newId(), newId()];
  const both = (order: string[], tree: string) =>
    app.ctxOf(system).tx(async (tx) => {
      for (const organizationId of order) await tx.emit(events.planted, { organizationId, tree });
    });
  const rounds = Array.from({ length: 40 }, (_, at) => both(at % 2 === 0 ? [a, b] : [b, a], String(at)));
  await Promise.all(rounds);
  expect(await trees(a)).toHaveLength(40);
  expect(await trees(b)).toEqual(await trees(a));
});

test("a transaction's events have the order in which they were emitted", async () => {
  const organizationId = newId();
  const names = Array.from({ length: 50 }, (_, at) => `tree ${at}`);
  await app.ctxOf(system).tx(async (tx) => {
    for (const tree of names) await tx.emit(events.planted, { organizationId, tree });
  });
  expect(await trees(organizationId)).toEqual(names);
});

test("an event that comes after its transaction is an error, not a loss", async () => {
  const kept: { emit?: () => Promise<string> } = {};
  await app.ctxOf(system).tx(async (tx) => {
    kept.emit = () => tx.emit(events.planted, { organizationId: newId(), tree: "late" });
  });
  await expect(kept.emit?.()).rejects.toThrow("garden.planted was emitted after its transaction had ended");
});
