import type { Ctx } from "@turnpike/core";
import type { FoundUser } from "../queries.ts";
import { findUser } from "../queries.ts";

/** The user of an address; undefined when there is none. For our own scripts: needs a system actor. */
export function findUserByEmail(ctx: Ctx, email: string): Promise<FoundUser | undefined> {
  return ctx.system("find a user by address").tx((tx) => findUser(tx.db, email));
}
