import type { Kysely, Transaction } from "kysely";
import { sql } from "kysely";
import type { DatabasePort, Identity } from "@turnpike/core";
import type { DB } from "@turnpike/core";

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

function setIdentity(trx: Transaction<DB>, identity: Identity, timeouts: TransactionTimeouts) {
  return sql`select
    set_config('role', ${identity.role}, true),
    set_config('request.jwt.claims', ${JSON.stringify(identity.claims)}, true),
    set_config('statement_timeout', ${String(timeouts.statementMs)}, true),
    set_config('lock_timeout', ${String(timeouts.lockMs)}, true),
    set_config('idle_in_transaction_session_timeout', ${String(timeouts.idleMs)}, true)`.execute(trx);
}
