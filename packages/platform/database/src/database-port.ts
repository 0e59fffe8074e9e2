import type { Kysely, Transaction } from "kysely";
import { sql } from "kysely";
import pg from "pg";
import type { DatabasePort, Identity } from "@turnpike/core";
import type { DB } from "@turnpike/core";
import { openingStatement } from "./opening-driver.ts";

/** Time-outs that every transaction sets for itself, in milliseconds. */
export interface TransactionTimeouts {
  statementMs: number;
  lockMs: number;
  idleMs: number;
}

const defaults: TransactionTimeouts = { statementMs: 15_000, lockMs: 5_000, idleMs: 30_000 };

/** Transactions that carry an identity. Everything is set locally (`set_config(..., true)`), so a transaction pooler may sit in between. */
export function databasePort(db: Kysely<DB>, timeouts: TransactionTimeouts = defaults): DatabasePort {
  return {
    transaction: (identity, fn) =>
      db.transaction().execute(async (trx) => {
        await setIdentity(trx, identity, timeouts);
        return fn(trx);
      }),
    async asLogin(trx, identity, fn) {
      if (identity.role === "none") return fn();
      await sql`select set_config('role', 'none', true)`.execute(trx);
      const result = await fn();
      await sql`select set_config('role', ${identity.role}, true)`.execute(trx);
      return result;
    },
  };
}

/** Begins the transaction and sets it up, in one way to the server and back. */
function setIdentity(trx: Transaction<DB>, { role, claims }: Identity, timeouts: TransactionTimeouts) {
  const settings: readonly [string, string][] = [
    ["role", role],
    ["request.jwt.claims", JSON.stringify(claims)],
    ["statement_timeout", String(timeouts.statementMs)],
    ["lock_timeout", String(timeouts.lockMs)],
    ["idle_in_transaction_session_timeout", String(timeouts.idleMs)],
  ];
  const calls = settings.map(
    ([name, value]) => `set_config(${pg.escapeLiteral(name)}, ${pg.escapeLiteral(value)}, true)`,
  );
  return trx.executeQuery(openingStatement(`select ${calls.join(", ")}`));
}
