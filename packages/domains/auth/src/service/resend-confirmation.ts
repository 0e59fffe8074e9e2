import type { Ctx } from "@turnpike/core";
import { isMailLimit, translateAuthError } from "../gotrue-errors.ts";
import type { EmailInput, MailResult } from "../models.ts";
import { accountLimits, consumeByAccount } from "../rate-limits.ts";
import { confirmationUrl } from "./return-urls.ts";

/** Sends the confirmation mail again. Answers the same whether or not somebody waits for it. Errors: core.limited. */
export async function resendConfirmation(ctx: Ctx, { email }: EmailInput): Promise<MailResult> {
  await consumeByAccount(ctx, accountLimits.resendConfirmation, email);
  const { error } = await ctx.supabase
    .anonymous()
    .auth.resend({ type: "signup", email, options: { emailRedirectTo: confirmationUrl(ctx) } });
  if (error && !isMailLimit(error)) throw translateAuthError(error);
  // Only a known account can meet Supabase Auth's own limit, so saying it would tell that it is known.
  if (error) ctx.log.warn("auth.mail_limited", { mail: "confirmation" });
  return { status: "sent_if_known" };
}
