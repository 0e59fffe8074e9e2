import {
  AuthApiError,
  AuthRetryableFetchError,
  AuthSessionMissingError,
  AuthUnknownError,
  AuthWeakPasswordError,
} from "@supabase/supabase-js";
import { describe, expect, test } from "vitest";
import type { AppError } from "@turnpike/core";
import { AppError as AppErrorClass } from "@turnpike/core";
import { isMailLimit, translateAuthError } from "../src/gotrue-errors.ts";

function known(error: Error): AppError {
  if (!(error instanceof AppErrorClass)) throw new Error(`not in a table: ${error.message}`);
  return error;
}
const translate = (code: string, status = 400) => known(translateAuthError(new AuthApiError("words", status, code)));

describe("what Supabase Auth refuses", () => {
  test.each([
    ["invalid_credentials", "auth.invalid_credentials", "unauthenticated"],
    ["email_not_confirmed", "auth.email_not_confirmed", "precondition"],
    ["user_banned", "auth.user_banned", "forbidden"],
    ["signup_disabled", "auth.sign_up_disabled", "forbidden"],
    ["user_already_exists", "auth.account_exists", "conflict"],
    ["email_exists", "auth.account_exists", "conflict"],
    ["email_address_invalid", "auth.email_refused", "invalid"],
    ["otp_expired", "auth.token_invalid", "invalid"],
    ["refresh_token_not_found", "auth.session_over", "unauthenticated"],
    ["refresh_token_already_used", "auth.session_over", "unauthenticated"],
    ["session_expired", "auth.session_over", "unauthenticated"],
    ["insufficient_aal", "auth.two_factor_required", "unauthenticated"],
    ["validation_failed", "core.invalid_input", "invalid"],
    ["request_timeout", "core.unavailable", "unavailable"],
  ])("%s is our %s", (code, appCode, kind) => {
    expect(translate(code)).toMatchObject({ appCode, kind });
  });

  test("never passes its words on", () => {
    expect(translate("invalid_credentials").message).not.toContain("words");
  });

  test("a session that is gone is over, though the client library has no code for it", () => {
    expect(known(translateAuthError(new AuthSessionMissingError()))).toMatchObject({ appCode: "auth.session_over" });
  });

  test("a weak password says why, at the field that had it", () => {
    const error = known(
      translateAuthError(new AuthWeakPasswordError("words", 422, ["length", "pwned"]), "newPassword"),
    );
    expect(error.appCode).toBe("auth.weak_password");
    expect(error.fieldIssues).toEqual([
      { path: "newPassword", message: "It is too short." },
      { path: "newPassword", message: "It is known from a leak." },
    ]);
  });

  test("the old password as the new one is an issue of its field", () => {
    const error = known(translateAuthError(new AuthApiError("words", 422, "same_password"), "newPassword"));
    expect(error.fieldIssues?.[0]?.path).toBe("newPassword");
  });
});

describe("limits", () => {
  test("carry the seconds that the words name", () => {
    const words = "For security purposes, you can only request this after 42 seconds.";
    const error = known(translateAuthError(new AuthApiError(words, 429, "over_email_send_rate_limit")));
    expect(error).toMatchObject({ appCode: "core.limited", retryAfterSec: 42 });
  });

  test("without seconds in words ask for a minute", () => {
    expect(translate("over_request_rate_limit", 429).retryAfterSec).toBe(60);
  });

  test("of mail are told from others", () => {
    expect(isMailLimit(new AuthApiError("words", 429, "over_email_send_rate_limit"))).toBe(true);
    expect(isMailLimit(new AuthApiError("words", 429, "over_request_rate_limit"))).toBe(false);
  });
});

describe("what is wrong with Supabase Auth itself", () => {
  test.each([0, 500, 503])("status %i makes us unavailable", (status) => {
    const error = known(translateAuthError(new AuthRetryableFetchError("words", status)));
    expect(error).toMatchObject({ appCode: "core.unavailable", kind: "unavailable" });
  });

  test("an unknown code is internal and keeps its cause for the log", () => {
    const cause = new AuthApiError("words", 418, "teapot");
    const error = translateAuthError(cause);
    expect(error).not.toBeInstanceOf(AppErrorClass);
    expect(error.cause).toBe(cause);
    expect(translateAuthError(new AuthUnknownError("words", null))).not.toBeInstanceOf(AppErrorClass);
  });
});
