import { z } from "zod";
import { StorableText, Text } from "@turnpike/core";
import { Organization } from "@turnpike/organizations";

// What bcrypt reads of a password; Supabase Auth refuses longer ones.
const maxPasswordBytes = 72;

const NewPassword = Text.min(8, "Use at least 8 characters.").refine(
  (text) => Buffer.byteLength(text) <= maxPasswordBytes,
  "Use at most 72 bytes.",
);
const Email = z.email().max(254);
const TokenHash = Text.min(16).max(128);

/** Tokens of a session, as Supabase Auth issues them. */
export const Session = z.object({
  /** For the `Authorization: Bearer` header. */
  accessToken: z.string(),
  /** Good for one `auth.refresh`. */
  refreshToken: z.string(),
  /** When the access token ends. */
  expiresAt: z.date(),
});
export type Session = z.output<typeof Session>;

/** Who a session belongs to. */
export const SessionUser = z.object({ id: z.uuid(), email: z.string().nullable() });

/** A session that counts. */
const SignedIn = z.object({ status: z.literal("signed_in"), session: Session, user: SessionUser });

/** A session that is good for nothing but the second step. */
const HalfSignedIn = z.object({ status: z.literal("two_factor_required"), session: Session });

/** What comes of a right password or link. */
export const SignInResult = z.discriminatedUnion("status", [SignedIn, HalfSignedIn]);
export type SignInResult = z.output<typeof SignInResult>;

/** Whether the new account is in at once, or has to follow the link in a mail first. */
export const SignUpResult = z.discriminatedUnion("status", [
  SignedIn,
  z.object({ status: z.literal("confirmation_sent") }),
]);
export type SignUpResult = z.output<typeof SignUpResult>;

/** What comes of a reset: without `session` where the second factor has to come along; the link stays good then. */
export const ResetPasswordResult = z.discriminatedUnion("status", [
  SignedIn,
  z.object({ status: z.literal("two_factor_required") }),
]);
export type ResetPasswordResult = z.output<typeof ResetPasswordResult>;

/** The same answer whether or not there is such an account. */
export const MailResult = z.object({ status: z.literal("sent_if_known") });
export type MailResult = z.output<typeof MailResult>;

/** Who signs up. The password has 8 characters or more and at most 72 bytes. */
export const SignUpInput = z.object({
  email: Email,
  password: NewPassword,
  /** Without control characters: it is printed in mails. */
  fullName: Text.trim().min(1).max(200),
});
export type SignUpInput = z.output<typeof SignUpInput>;

/** The password may have been set elsewhere, by other rules than ours. */
export const SignInInput = z.object({ email: Email, password: StorableText.min(1).max(1000) });
export type SignInInput = z.output<typeof SignInInput>;

/** The refresh token of the last answer; it is good once. */
export const RefreshInput = z.object({ refreshToken: Text.min(1).max(4096) });
export type RefreshInput = z.output<typeof RefreshInput>;

/** A session renewed; the refresh token that was given is used up. */
export const RefreshResult = z.object({ session: Session });
export type RefreshResult = z.output<typeof RefreshResult>;

/** Which sessions end: this one, all others, or all. */
export const SignOutInput = z.object({ scope: z.enum(["this", "others", "all"]).default("this") });
export type SignOutInput = z.output<typeof SignOutInput>;

/** The sessions asked for are over. */
export const SignOutResult = z.object({ status: z.literal("signed_out") });
export type SignOutResult = z.output<typeof SignOutResult>;

/** The `token_hash` of the link in a confirmation mail. */
export const ConfirmEmailInput = z.object({ tokenHash: TokenHash });
export type ConfirmEmailInput = z.output<typeof ConfirmEmailInput>;

/** Whose address a mail goes to. */
export const EmailInput = z.object({ email: Email });
export type EmailInput = z.output<typeof EmailInput>;

/** The `token_hash` of the link in a reset mail. */
export const ResetPasswordInput = z.object({ tokenHash: TokenHash, newPassword: NewPassword });
export type ResetPasswordInput = z.output<typeof ResetPasswordInput>;

/** Who the caller is. */
export const Me = z.object({
  user: SessionUser.extend({
    /** Authenticator assurance level of this session: aal2 after a second factor. */
    aal: z.enum(["aal1", "aal2"]),
    sessionId: z.uuid(),
  }),
  profile: z.object({ fullName: z.string(), createdAt: z.date() }),
  /** At most 100; `organizations.list` pages. */
  organizations: z.array(Organization),
  isOperator: z.boolean(),
});
export type Me = z.output<typeof Me>;
