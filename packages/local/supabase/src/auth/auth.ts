import type { Keys } from "../keys.ts";
import type { Settings } from "../options.ts";
import type { Db } from "./database.ts";
import type { Mailer } from "./mail/mailer.ts";
import type { Passwords } from "./passwords.ts";

/** What every verb of the Auth server gets: its settings, keys, database, mailer. `issuer` ends in `/auth/v1`. */
export interface Auth {
  settings: Settings;
  keys: Keys;
  db: Db;
  mailer: Mailer;
  passwords: Passwords;
  issuer: string;
}

/** Who calls, for the session and the audit log; `ip` is a valid address. */
export interface Caller {
  ip: string;
  userAgent: string | null;
}
