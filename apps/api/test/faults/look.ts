import { sql } from "kysely";
import { expect } from "vitest";
import type { FaultBed } from "./fault-bed.ts";

/** Resolves when no stored event waits; fails after 40 s. */
export async function untilWorkedOff({ owner }: FaultBed): Promise<void> {
  const waiting = async (): Promise<number> => {
    const { count } = await owner
      .selectFrom("private.webhook_inbox")
      .select((eb) => eb.fn.countAll<number>().as("count"))
      .where("status", "=", "pending")
      .executeTakeFirstOrThrow();
    return count;
  };
  await expect.poll(waiting, { timeout: 40_000, interval: 100 }).toBe(0);
}

/** How often each domain event happened to each object, by `<event> <id>`; `field` of the event's data holds the id. */
export async function eventCounts({ owner }: FaultBed, field: string): Promise<Map<string, number>> {
  const { rows } = await sql<{ name: string; id: string | null; count: number }>`
    select name, data->>${field} as id, count(*)::int as count from private.events group by 1, 2`.execute(owner);
  return new Map(rows.map(({ name, id, count }) => [`${name} ${id ?? "-"}`, count]));
}

/** The process lives, and has written nothing but lines of its log: no warning of Node, no stack of what nobody caught. */
export function expectCalmLog({ server }: FaultBed): void {
  expect(server.noise).toEqual([]);
  expect(() => process.kill(server.pid, 0)).not.toThrow();
}
