import { pageOf } from "@turnpike/core";
import type { Ctx } from "@turnpike/core";
import { errors } from "../errors.ts";
import type { DeadLetterId, DeadLetterPage, ListDeadLettersInput, Retried } from "../models.ts";

/** Jobs that failed for good, oldest first. Errors: core.invalid_input when the cursor's job was sent again meanwhile. */
export async function listDeadLetters(ctx: Ctx, { cursor, limit }: ListDeadLettersInput): Promise<DeadLetterPage> {
  const jobs = await ctx.jobs.listDeadLetters(limit + 1, cursor ?? undefined);
  return pageOf(jobs, limit, (job) => job.id);
}

/** Sends a dead job back to its queue. Errors: system.dead_letter_not_found. */
export async function retryDeadLetter(ctx: Ctx, { id }: DeadLetterId): Promise<Retried> {
  if (!(await ctx.jobs.retryDeadLetter(id))) throw errors.dead_letter_not_found({ id });
  ctx.log.info("system.dead_letter_retried", { id });
  return { id, status: "queued" };
}
