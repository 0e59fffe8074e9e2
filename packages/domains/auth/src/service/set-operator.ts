import type { Ctx } from "@turnpike/core";
import { coreErrors } from "@turnpike/core";
import { events } from "../events.ts";
import { findProfile, makeOperator } from "../queries.ts";
import { forgetSessions, readSessionIds } from "../session-cache.ts";

/**
 * Makes a user an operator. False when they were one already, and nothing was written.
 * For our own scripts. Errors: core.forbidden for anyone else; core.not_found where there is no such user.
 */
export async function setOperator(ctx: Ctx, userId: string): Promise<boolean> {
  if (ctx.actor.type !== "system") throw coreErrors.forbidden();
  const hasChanged = await ctx.tx(async (tx) => {
    if (!(await findProfile(tx.db, userId))) throw coreErrors.not_found({ what: "profile", userId });
    const changed = await makeOperator(tx.db, userId);
    if (changed) await tx.emit(events.operator_granted, { userId });
    return changed;
  });
  if (hasChanged) await forgetSessions(ctx, await readSessionIds(ctx, userId));
  return hasChanged;
}
