import { sql } from "kysely";
import { stripeMirror } from "@turnpike/core";
import type { StripeMirror } from "@turnpike/core";
import type { TestApp } from "@turnpike/testing";

/** What a test decides of the mirrored subscriptions, and what it sees of their reading. */
export interface Remote {
  /** The present state at the far end, by id. */
  states: Map<string, string>;
  /** Ids in the order they were read. */
  reads: string[];
  /** Called before each read ends; may wait or throw. */
  onRead: (id: string) => Promise<void>;
  /** The most readers that were ever at work at once. */
  maxReaders: number;
}

export function createRemote(): Remote {
  return { states: new Map(), reads: [], onRead: async () => undefined, maxReaders: 0 };
}

/** A mirror of subscriptions into `test_mirror`; `test_effects` gains a row whenever the state changes. */
export function mirrorOf(remote: Remote): StripeMirror {
  let readers = 0;
  return stripeMirror<string>({
    object: "subscription",
    refs(event) {
      const object: { object?: string; id?: string } = event.data.object;
      if (event.type === "invoice.paid") throw new TypeError("a shape that this mirror cannot read");
      return object.object === "subscription" && object.id ? [{ object: "subscription", id: object.id }] : [];
    },
    async read(_ctx, id) {
      remote.reads.push(id);
      readers += 1;
      remote.maxReaders = Math.max(remote.maxReaders, readers);
      const state = remote.states.get(id) ?? null;
      await remote.onRead(id).finally(() => (readers -= 1));
      return state;
    },
    async apply(tx, id, state) {
      await sql`
        with changed as (
          insert into test_mirror (id, state) values (${id}, ${state ?? "gone"})
          on conflict (id) do update set state = excluded.state where test_mirror.state <> excluded.state
          returning id, state
        )
        insert into test_effects (id, state) select id, state from changed`.execute(tx.db);
    },
  });
}

/** Makes the mirror's tables. A state `refused` violates a constraint, as a bug in a mirror would. */
export async function createMirrorTables(owner: TestApp["owner"]): Promise<void> {
  await sql`create table test_mirror (id text primary key, state text not null check (state <> 'refused'))`.execute(
    owner,
  );
  await sql`create table test_effects (place serial, id text not null, state text not null)`.execute(owner);
  await sql`grant all on test_mirror, test_effects, test_effects_place_seq to service_role`.execute(owner);
}

/** The states that a subscription went through with us. */
export async function effectsOf(owner: TestApp["owner"], id: string): Promise<string[]> {
  const { rows } = await sql<{ state: string }>`select state from test_effects where id = ${id} order by place`.execute(
    owner,
  );
  return rows.map(({ state }) => state);
}

/** A promise that a test opens. */
export function createGate(): { opened: Promise<void>; open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: () => resolve() };
}
