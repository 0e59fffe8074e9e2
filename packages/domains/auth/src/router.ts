import { publicProcedure, router, userProcedure } from "@turnpike/core";
import * as models from "./models.ts";
import { clientLimits } from "./rate-limits.ts";
import { confirmEmail } from "./service/confirm-email.ts";
import { getMe } from "./service/get-me.ts";
import { refreshSession } from "./service/refresh-session.ts";
import { requestPasswordReset } from "./service/request-password-reset.ts";
import { resendConfirmation } from "./service/resend-confirmation.ts";
import { resetPassword } from "./service/reset-password.ts";
import { signIn } from "./service/sign-in.ts";
import { signOut } from "./service/sign-out.ts";
import { signUp } from "./service/sign-up.ts";

/** Procedures of `auth`. */
export const authRouter = router({
  /** Makes an account with a personal organization. Errors: auth.weak_password, auth.account_exists, auth.sign_up_disabled, auth.email_refused, core.limited. */
  signUp: publicProcedure
    .meta({ forgivesCredential: true, rateLimit: clientLimits.signUp })
    .input(models.SignUpInput)
    .output(models.SignUpResult)
    .mutation(({ ctx, input }) => signUp(ctx, input)),

  /** Begins a session by password. Errors: auth.invalid_credentials, auth.email_not_confirmed, auth.user_banned, core.limited. */
  signIn: publicProcedure
    .meta({ forgivesCredential: true, rateLimit: clientLimits.signIn })
    .input(models.SignInInput)
    .output(models.SignInResult)
    .mutation(({ ctx, input }) => signIn(ctx, input)),

  /** Renews a session; the refresh token is used up. Errors: auth.session_over, auth.user_banned. */
  refresh: publicProcedure
    .meta({ forgivesCredential: true })
    .input(models.RefreshInput)
    .output(models.RefreshResult)
    .mutation(({ ctx, input }) => refreshSession(ctx, input)),

  /** Ends this session, all your others, or all. Access tokens of ended sessions stop within a minute. */
  signOut: userProcedure
    .input(models.SignOutInput)
    .output(models.SignOutResult)
    .mutation(({ ctx, input }) => signOut(ctx, input)),

  /** Who you are: user, profile, organizations, whether you are an operator. */
  me: userProcedure.output(models.Me).query(({ ctx }) => getMe(ctx)),

  /** Confirms your address by the link that was sent to it and begins a session. Errors: auth.token_invalid, auth.user_banned. */
  confirmEmail: publicProcedure
    .meta({ forgivesCredential: true, rateLimit: clientLimits.link })
    .input(models.ConfirmEmailInput)
    .output(models.SignInResult)
    .mutation(({ ctx, input }) => confirmEmail(ctx, input)),

  /** Sends the confirmation mail again; the same answer for every address. Errors: core.limited. */
  resendConfirmation: publicProcedure
    .meta({ forgivesCredential: true, rateLimit: clientLimits.mail })
    .input(models.EmailInput)
    .output(models.MailResult)
    .mutation(({ ctx, input }) => resendConfirmation(ctx, input)),

  /** Sends a mail with a link to set a new password; the same answer for every address. Errors: core.limited. */
  requestPasswordReset: publicProcedure
    .meta({ forgivesCredential: true, rateLimit: clientLimits.mail })
    .input(models.EmailInput)
    .output(models.MailResult)
    .mutation(({ ctx, input }) => requestPasswordReset(ctx, input)),

  /** Sets a new password by the link of a reset mail and ends all other sessions. Errors: auth.token_invalid, auth.weak_password, auth.same_password, auth.user_banned. */
  resetPassword: publicProcedure
    .meta({ forgivesCredential: true, rateLimit: clientLimits.link })
    .input(models.ResetPasswordInput)
    .output(models.ResetPasswordResult)
    .mutation(({ ctx, input }) => resetPassword(ctx, input)),
});
