import { CompiledQuery } from "kysely";
import type { Actor, Identity } from "@turnpike/core";
import { identityOf } from "@turnpike/core";
import { databasePort, openDatabase } from "@turnpike/database";

/** How a statement went: the rows that it returned or changed, or the SQLSTATE that refused it. */
export type Outcome = { rows: Record<string, unknown>[]; count: number } | { refused: string };

/** Runs single statements under an identity, each in a transaction that is rolled back. */
export interface SqlAs {
  (who: Actor | Identity, statement: string, ...values: unknown[]): Promise<Outcome>;
  close(): Promise<void>;
}

class RolledBack extends Error {}

/** Opens a pool that logs in by `url` and speaks as whoever a statement is for. */
export function openSqlAs(url: string): SqlAs {
  const pool = openDatabase({ url, max: 2 });
  const port = databasePort(pool.db);
  const run = async (who: Actor | Identity, statement: string, ...values: unknown[]): Promise<Outcome> => {
    let outcome: Outcome = { refused: "not run" };
    const identity = "claims" in who ? who : identityOf(who);
    const rollBack = port.transaction(identity, async (db) => {
      const result = await db.executeQuery<Record<string, unknown>>(CompiledQuery.raw(statement, values));
      outcome = { rows: result.rows, count: Number(result.numAffectedRows ?? result.rows.length) };
      throw new RolledBack();
    });
    await rollBack.catch((error: unknown) => {
      if (error instanceof RolledBack) return;
      if (!(error instanceof Error) || !("code" in error)) throw error;
      outcome = { refused: String(error.code) };
    });
    return outcome;
  };
  return Object.assign(run, { close: () => pool.close() });
}
