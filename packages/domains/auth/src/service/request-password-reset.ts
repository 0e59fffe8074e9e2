import type { Ctx } from "@turnpike/core";
import { isMailLimit, translateAuthError } from "../gotrue-errors.ts";
import type { EmailInput, MailResult } from "../models.ts";
import { accountLimits, consumeByAccount } from "../rate-limits.ts";
import { passwordResetUrl } from "./return-urls.ts";

/** Sends the mail with a link to set a new password. Answers the same whether or not there is an account. Errors: core.limited. */
export async function requestPasswordReset(ctx: Ctx, { email }: EmailInput): Promise<MailResult> {
  await consumeByAccount(ctx, accountLimits.requestPasswordReset, email);
  const { error } = await ctx.supabase
    .anonymous()
    .auth.resetPasswordForEmail(email, { redirectTo: passwordResetUrl(ctx) });
  if (error && !isMailLimit(error)) throw translateAuthError(error);
  // Only a known account can meet Supabase Auth's own limit, so saying it would tell that it is known.
  if (error) ctx.log.warn("auth.mail_limited", { mail: "password_reset" });
  return { status: "sent_if_known" };
}
