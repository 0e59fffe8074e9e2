import { randomBytes } from "node:crypto";
import { hash, verify } from "@node-rs/bcrypt";
import type { Settings } from "../options.ts";
import { invalid, weakPassword } from "./errors.ts";

/** GoTrue's default cost. */
const BCRYPT_COST = 10;
/** bcrypt ignores what comes after; GoTrue refuses it instead. */
const MAX_BYTES = 72;

/** Hashing and checking of passwords, off the main thread. */
export interface Passwords {
  hash(password: string): Promise<string>;
  /** Takes the same time whether or not there is a hash to compare with. */
  matches(password: string, storedHash: string | null): Promise<boolean>;
}

/** Makes {@link Passwords}; a hash of random bytes stands in for users that do not exist. */
export async function createPasswords(): Promise<Passwords> {
  const decoy = await hash(randomBytes(18).toString("base64url"), { cost: BCRYPT_COST });
  return {
    hash: (password) => hash(password, { cost: BCRYPT_COST }),
    async matches(password, storedHash) {
      const matches = await verify(password, storedHash || decoy);
      return matches && Boolean(storedHash);
    },
  };
}

/** A password nobody knows, for users who were created without one. */
export function randomPassword(): string {
  return randomBytes(48).toString("base64url");
}

/** Refuses a password of which bcrypt would ignore a part. Errors: `validation_failed`. */
export function refuseLongPassword(password: string): void {
  if (Buffer.byteLength(password) > MAX_BYTES) throw invalid(`Password cannot be longer than ${MAX_BYTES} characters`);
}

/**
 * Refuses a password the project does not accept. Lengths are bytes, as in GoTrue.
 * Errors: `validation_failed` over 72 bytes, `weak_password` with reasons.
 */
export function checkPasswordStrength(settings: Settings, password: string): void {
  refuseLongPassword(password);
  const bytes = Buffer.byteLength(password);
  const reasons: string[] = [];
  const messages: string[] = [];
  if (bytes < settings.passwordMinLength) {
    reasons.push("length");
    messages.push(`Password should be at least ${settings.passwordMinLength} characters.`);
  }
  const sets = settings.passwordRequiredCharacters;
  if (sets.some((set) => !Array.from(set).some((character) => password.includes(character)))) {
    reasons.push("characters");
    messages.push(`Password should contain at least one character of each: ${sets.join(", ")}.`);
  }
  if (reasons.length > 0) throw weakPassword(reasons, messages.join(" "));
}
