import type { AuthError } from "@supabase/supabase-js";
import { isAuthRetryableFetchError, isAuthSessionMissingError, isAuthWeakPasswordError } from "@supabase/supabase-js";
import type { AppError, FieldIssue } from "@turnpike/core";
import { coreErrors } from "@turnpike/core";
import { errors } from "./errors.ts";

/** Name of the input's field that holds the password which Supabase Auth judged. */
type PasswordField = "password" | "newPassword";

type Translation = (error: AuthError, field: PasswordField) => AppError;

const weakReasons: Record<string, string> = {
  length: "It is too short.",
  characters: "It needs other kinds of characters, such as upper case, digits or symbols.",
  pwned: "It is known from a leak.",
};

/** Seconds to wait when Supabase Auth does not say how long. */
const defaultRetrySec = 60;

// GoTrue says it in words only: "… you can only request this after 42 seconds."
const waitInWords = /after (\d+) seconds?/;

const signUpDisabled: Translation = (error) => errors.sign_up_disabled({ authCode: error.code });
const accountExists: Translation = () => errors.account_exists();
const emailRefused: Translation = (error) =>
  errors.email_refused(
    { authCode: error.code },
    { fieldIssues: [{ path: "email", message: "This address cannot be used." }] },
  );
const sessionOver: Translation = (error) => errors.session_over({ authCode: error.code });
const limited: Translation = (error) =>
  coreErrors.limited({ authCode: error.code }, { retryAfterSec: retryAfterSec(error.message) });
const unavailable: Translation = (error) =>
  coreErrors.unavailable({ authCode: error.code, authStatus: error.status }, { cause: error, retryAfterSec: 5 });

// Source: supabase/auth `internal/api/apierrors/errorcode.go`, 2.196.
const translations = new Map<string, Translation>([
  ["invalid_credentials", () => errors.invalid_credentials()],
  ["email_not_confirmed", () => errors.email_not_confirmed()],
  ["user_banned", () => errors.user_banned()],
  ["signup_disabled", signUpDisabled],
  ["email_provider_disabled", signUpDisabled],
  ["user_already_exists", accountExists],
  ["email_exists", accountExists],
  ["email_address_invalid", emailRefused],
  ["email_address_not_authorized", emailRefused],
  ["weak_password", (error, field) => errors.weak_password(undefined, { fieldIssues: weakIssues(error, field) })],
  [
    "same_password",
    (_, field) =>
      errors.same_password(undefined, { fieldIssues: [{ path: field, message: "It must differ from the old one." }] }),
  ],
  ["validation_failed", (error) => coreErrors.invalid_input({ authCode: error.code }, { cause: error })],
  ["otp_expired", () => errors.token_invalid()],
  ["session_not_found", sessionOver],
  ["session_expired", sessionOver],
  ["refresh_token_not_found", sessionOver],
  ["refresh_token_already_used", sessionOver],
  ["user_not_found", sessionOver],
  ["bad_jwt", sessionOver],
  ["no_authorization", sessionOver],
  ["insufficient_aal", () => errors.two_factor_required()],
  ["over_email_send_rate_limit", limited],
  ["over_request_rate_limit", limited],
  ["request_timeout", unavailable],
  ["hook_timeout", unavailable],
  ["hook_timeout_after_retry", unavailable],
]);

/**
 * Translates what Supabase Auth refused into this module's table. A code that is not in it becomes an error without
 * one, so that the caller sees a bare internal error and the log gets the rest.
 */
export function translateAuthError(error: AuthError, field: PasswordField = "password"): Error {
  // No answer, or one of 500 and above: the client library says so by class, and the code is lost.
  if (isAuthRetryableFetchError(error)) return unavailable(error, field);
  if (isAuthSessionMissingError(error)) return errors.session_over();
  const translation = error.code === undefined ? undefined : translations.get(error.code);
  if (translation) return translation(error, field);
  return new Error(`Supabase Auth refused with ${error.code ?? "no code"} (${error.status ?? "no status"})`, {
    cause: error,
  });
}

/** Whether Supabase Auth sends no mail for now because it sent one a moment ago, or too many in all. */
export function isMailLimit(error: AuthError): boolean {
  return error.code === "over_email_send_rate_limit";
}

/** Whether it was this very account that was sent a mail a moment ago; it says so in words only. */
export function isMailInterval(error: AuthError): boolean {
  return isMailLimit(error) && waitInWords.test(error.message);
}

function weakIssues(error: AuthError, path: PasswordField): FieldIssue[] {
  const unspecific = "It is too easy to guess.";
  const reasons = isAuthWeakPasswordError(error) ? error.reasons : [];
  if (reasons.length === 0) return [{ path, message: unspecific }];
  return reasons.map((reason) => ({ path, message: weakReasons[reason] ?? unspecific }));
}

/** How long to wait, as the words of GoTrue say. */
function retryAfterSec(message: string): number {
  const seconds = waitInWords.exec(message)?.[1];
  return seconds === undefined ? defaultRetrySec : Math.max(1, Number(seconds));
}
