import type { Ctx } from "@turnpike/core";
import { coreErrors } from "@turnpike/core";
import type { FoundUser } from "../queries.ts";
import { findUser } from "../queries.ts";

/** The user of an address; undefined when there is none. For our own scripts. Errors: core.forbidden for anyone else. */
export async function findUserByEmail(ctx: Ctx, email: string): Promise<FoundUser | undefined> {
  if (ctx.actor.type !== "system") throw coreErrors.forbidden();
  return ctx.tx((tx) => findUser(tx.db, email));
}
