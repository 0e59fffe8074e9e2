import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Actor } from "@turnpike/core";
import { eventOf, startWebhookBed } from "./webhook-bed.ts";
import type { WebhookBed } from "./webhook-bed.ts";

const tables = ["webhook_inbox", "webhook_leases"];
let bed: WebhookBed;

beforeAll(async () => {
  bed = await startWebhookBed({ runWorkers: false });
  await bed.deliver(eventOf());
});
afterAll(() => bed.close());

const run = (actor: Actor, statement: string) => bed.app.ctxOf(actor).tx((tx) => sql.raw(statement).execute(tx.db));

test("nobody but the service role reads or writes the inbox, not even an operator in SQL", async () => {
  const actors: Actor[] = [
    { type: "anonymous" },
    (await bed.app.createUser()).actor,
    (await bed.app.createUser({ isOperator: true })).actor,
    { type: "apiKey", keyId: "key", organizationId: "00000000-0000-7000-8000-000000000000", scopes: [] },
  ];
  for (const actor of actors) {
    for (const table of tables) {
      const statements = ["select * from", "delete from"].map((verb) => `${verb} private.${table}`);
      for (const statement of [...statements, `update private.${table} set subject = 'x'`]) {
        await expect(run(actor, statement)).rejects.toMatchObject({ code: "42501" });
      }
    }
  }
});

test("the service role reads and writes it, and cannot delete stored events", async () => {
  const system: Actor = { type: "system", job: "test" };
  expect((await run(system, "select * from private.webhook_inbox")).rows).toHaveLength(1);
  await expect(run(system, "delete from private.webhook_inbox")).rejects.toMatchObject({ code: "42501" });
});
