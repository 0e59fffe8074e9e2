import type { Kysely } from "kysely";
import { sql } from "kysely";
import type { Actor } from "@turnpike/core";
import { identityOf } from "@turnpike/core";
import type { TestApp } from "@turnpike/testing";

/** How a statement went: the rows it returned or changed, or the SQLSTATE that refused it. */
export type Outcome = { rows: number } | { refused: string };

/** The two roles that the server may log in as. */
export const logins = ["turnpike_api", "postgres"] as const;

class RolledBack extends Error {}

/** Runs one statement as an actor, in a transaction that is rolled back. */
export async function sqlAs(
  app: TestApp,
  login: (typeof logins)[number],
  actor: Actor,
  statement: string,
): Promise<Outcome> {
  const identity = identityOf(actor);
  let outcome: Outcome = { refused: "not run" };
  const run = async (db: Pick<Kysely<object>, "executeQuery" | "getExecutor">) => {
    const result = await sql.raw(statement).execute(db);
    outcome = { rows: Number(result.numAffectedRows ?? result.rows.length) };
    throw new RolledBack();
  };
  const finished =
    login === "turnpike_api"
      ? app.deps.database.transaction(identity, run)
      : app.owner.transaction().execute(async (db) => {
          const claims = JSON.stringify(identity.claims);
          await sql`select set_config('role', ${identity.role}, true), set_config('request.jwt.claims', ${claims}, true)`.execute(
            db,
          );
          await run(db);
        });
  await finished.catch((error: unknown) => {
    if (error instanceof RolledBack) return;
    if (!(error instanceof Error) || !("code" in error)) throw error;
    outcome = { refused: String(error.code) };
  });
  return outcome;
}
