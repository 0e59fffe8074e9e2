import { defineErrors } from "@turnpike/core";

/** What `auth` refuses. */
export const errors = defineErrors("auth", {
  invalid_credentials: { kind: "unauthenticated", message: "The e-mail address or the password is wrong." },
  session_over: { kind: "unauthenticated", message: "This session is over. Sign in again." },
  two_factor_required: { kind: "unauthenticated", message: "Enter the code of your second factor first." },
  email_not_confirmed: { kind: "precondition", message: "Confirm your e-mail address first." },
  user_banned: { kind: "forbidden", message: "This account is suspended." },
  sign_up_disabled: { kind: "forbidden", message: "New accounts cannot be made here." },
  account_exists: { kind: "conflict", message: "There is an account with this e-mail address already." },
  email_refused: { kind: "invalid", message: "This e-mail address cannot be used." },
  weak_password: { kind: "invalid", message: "This password is too easy to guess." },
  same_password: { kind: "invalid", message: "The new password is the old one." },
  token_invalid: { kind: "invalid", message: "This link has been used already or is too old. Ask for a new one." },
});
