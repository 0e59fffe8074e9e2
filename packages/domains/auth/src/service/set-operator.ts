import type { Ctx } from "@turnpike/core";
import { events } from "../events.ts";
import { makeOperator } from "../queries.ts";
import { forgetSessions, readSessionIds } from "../session-cache.ts";

/** Makes a user an operator. False when they were one already, and nothing was written. */
export async function setOperator(ctx: Ctx, userId: string): Promise<boolean> {
  const system = ctx.system("make a user an operator");
  const hasChanged = await system.tx(async (tx) => {
    const changed = await makeOperator(tx.db, userId);
    if (changed) await tx.emit(events.operator_granted, { userId });
    return changed;
  });
  if (hasChanged) await forgetSessions(system, await readSessionIds(system, userId));
  return hasChanged;
}
