import { createHash, randomInt, randomUUID } from "node:crypto";
import type { Auth } from "./auth.ts";
import type { OneTimeTokenType, Trx, User } from "./database.ts";
import { AuthError } from "./errors.ts";

/** A code of six digits, as mails show it. */
function generateOtp(): string {
  return randomInt(1_000_000).toString().padStart(6, "0");
}

/** The hash that links carry and the database keeps: hex SHA-224 of address and code, as in GoTrue. */
export function hashOtp(email: string, otp: string): string {
  return createHash("sha224")
    .update(email + otp)
    .digest("hex");
}

/** A fresh code for a token that is stored under `type` and sent to `email`. */
export interface OneTimeToken {
  type: OneTimeTokenType;
  email: string;
  otp: string;
  hash: string;
}

/** Makes a code and its hash; nothing is stored yet. */
export function newOneTimeToken(type: OneTimeTokenType, email: string): OneTimeToken {
  const otp = generateOtp();
  return { type, email, otp, hash: hashOtp(email, otp) };
}

const SENT_AT = {
  confirmation_token: "confirmation_sent_at",
  recovery_token: "recovery_sent_at",
  reauthentication_token: "reauthentication_sent_at",
  email_change_token_new: "email_change_sent_at",
  email_change_token_current: "email_change_sent_at",
} as const;

/** Whether a token of this type that the user was sent has outlived its time. */
export function isTokenExpired(auth: Auth, user: User, type: OneTimeTokenType): boolean {
  const sentAt = user[SENT_AT[type]];
  if (sentAt === null) return true;
  return auth.settings.now().getTime() > sentAt.getTime() + auth.settings.otpLifetimeSec * 1000;
}

/**
 * Notes that mail of this type goes out now, unless the last one is too recent. One statement decides, so of two calls
 * at once only one sends. Errors: 429 `over_email_send_rate_limit`.
 */
export async function claimSending(auth: Auth, trx: Trx, user: User, type: OneTimeTokenType): Promise<void> {
  const now = auth.settings.now();
  const column = SENT_AT[type];
  const notAfter = new Date(now.getTime() - auth.settings.mailIntervalSec * 1000);
  const { numUpdatedRows } = await trx
    .updateTable("users")
    .set({ [column]: now, updated_at: now })
    .where("id", "=", user.id)
    .where((where) => where.or([where(column, "is", null), where(column, "<=", notAfter)]))
    .executeTakeFirst();
  if (numUpdatedRows > 0n) return;
  const last = user[SENT_AT[type]] ?? now;
  const waitSec = Math.max(1, Math.ceil((last.getTime() - notAfter.getTime()) / 1000));
  throw new AuthError(
    429,
    "over_email_send_rate_limit",
    `For security purposes, you can only request this after ${waitSec} seconds.`,
  );
}

/** Notes that mail of this type goes out now, however recent the last one is. */
export async function stampSending(auth: Auth, trx: Trx, userId: string, type: OneTimeTokenType): Promise<void> {
  await trx
    .updateTable("users")
    .set({ [SENT_AT[type]]: auth.settings.now() })
    .where("id", "=", userId)
    .execute();
}

/** Lets the next request send again after a mail could not be delivered. */
export async function releaseSending(auth: Auth, userId: string, type: OneTimeTokenType): Promise<void> {
  await auth.db
    .updateTable("users")
    .set({ [SENT_AT[type]]: null })
    .where("id", "=", userId)
    .execute();
}

/** Stores a token; an earlier one of the same type stops working. */
export async function storeOneTimeToken(trx: Trx, userId: string, token: OneTimeToken): Promise<void> {
  await trx
    .updateTable("users")
    .set({ [token.type]: token.hash })
    .where("id", "=", userId)
    .execute();
  await trx
    .insertInto("one_time_tokens")
    .values({
      id: randomUUID(),
      user_id: userId,
      token_type: token.type,
      token_hash: token.hash,
      relates_to: token.email,
    })
    .onConflict((conflict) =>
      conflict
        .columns(["user_id", "token_type"])
        .doUpdateSet({ id: randomUUID(), token_hash: token.hash, relates_to: token.email }),
    )
    .execute();
}

/**
 * Finds a token of one of the types and locks its user, so that of two verifications at once one finds nothing, and
 * the two halves of a change of address see each other. Returns null when there is no such token.
 */
export async function lockTokenOwner(trx: Trx, hash: string, types: readonly OneTimeTokenType[]) {
  const find = () =>
    trx
      .selectFrom("one_time_tokens")
      .select(["user_id", "token_type"])
      .where("token_hash", "=", hash)
      .where("token_type", "in", types)
      .executeTakeFirst();
  const seen = await find();
  if (!seen) return null;
  const user = await trx
    .selectFrom("users")
    .selectAll()
    .where("id", "=", seen.user_id)
    .forNoKeyUpdate()
    .executeTakeFirst();
  const token = await find();
  if (!user || !token) return null;
  return { user, type: token.token_type };
}

/** Removes one token of the user. */
export async function dropOneTimeToken(trx: Trx, userId: string, type: OneTimeTokenType): Promise<void> {
  await trx
    .updateTable("users")
    .set({ [type]: "" })
    .where("id", "=", userId)
    .execute();
  await trx.deleteFrom("one_time_tokens").where("user_id", "=", userId).where("token_type", "=", type).execute();
}

/** Removes every token of the user: after a confirmation or a new password no older mail may work. */
export async function dropAllOneTimeTokens(trx: Trx, userId: string): Promise<void> {
  await trx
    .updateTable("users")
    .set({
      confirmation_token: "",
      recovery_token: "",
      email_change_token_new: "",
      email_change_token_current: "",
      reauthentication_token: "",
    })
    .where("id", "=", userId)
    .execute();
  await trx.deleteFrom("one_time_tokens").where("user_id", "=", userId).execute();
}
