import { z } from "zod";

/** What a mail asks the reader to do; the names are GoTrue's verification types. */
export type MailKind = "signup" | "recovery" | "invite" | "magiclink" | "email_change" | "reauthentication";

/** Makes the link of a mail: kind, hex token hash (empty for `reauthentication`), allowed redirect target. */
export type LinkTemplate = (kind: MailKind, tokenHash: string, redirectTo: string) => string;

/** Options of `startSupabase`. */
export interface SupabaseOptions {
  /** Superuser URL of a bootstrapped database. */
  databaseUrl: string;
  /** Folder for the signing key and the API keys (file mode 0600); made when missing. */
  dataDir: string;
  /** Preferred port; the next free one is taken when it is in use. Absent: any free port. */
  port?: number | undefined;
  smtpUrl: string;
  /** Where links lead when no allowed redirect was asked for. */
  siteUrl: string;
  /** Other allowed redirect targets; `*` matches within a path or host part, `**` anything. */
  redirectUrls?: string[] | undefined;
  /** Confirm addresses without a mail. Default false. */
  autoconfirm?: boolean | undefined;
  /** Bytes. Default 6. */
  passwordMinLength?: number | undefined;
  /** Each string is a set of characters of which a password needs at least one. Default none. */
  passwordRequiredCharacters?: string[] | undefined;
  now?: (() => Date) | undefined;
  mailFrom?: string | undefined;
  /** Lifetime of an access token. Default 3600. */
  issueTokensForSec?: number | undefined;
  /** Least time between two mails of one kind to one user. Default 1 (GoTrue: 60). */
  mailIntervalSec?: number | undefined;
  /** Lifetime of links and codes in mails. Default 3600. */
  otpLifetimeSec?: number | undefined;
  /** A new password needs the code of `reauthenticate` when the session is older than a day. Default false. */
  requireReauthentication?: boolean | undefined;
  /** A change of address needs the confirmation of the old address too. Default true. */
  secureEmailChange?: boolean | undefined;
  linkTemplate?: LinkTemplate | undefined;
  /** Told about every answer of 500; default: one line on stderr. */
  onError?: ((error: unknown) => void) | undefined;
}

const Options = z.object({
  databaseUrl: z.url({ protocol: /^postgres(ql)?$/ }),
  dataDir: z.string().min(1),
  port: z.int().min(0).max(65_535).default(0),
  smtpUrl: z.url({ protocol: /^smtps?$/ }),
  siteUrl: z.url(),
  redirectUrls: z.array(z.string().min(1)).default([]),
  autoconfirm: z.boolean().default(false),
  passwordMinLength: z.int().min(1).max(72).default(6),
  passwordRequiredCharacters: z.array(z.string().min(1)).default([]),
  now: z.custom<() => Date>(isFunction).default(() => () => new Date()),
  mailFrom: z.string().min(1).default("Turnpike <no-reply@turnpike.localhost>"),
  issueTokensForSec: z.int().min(1).default(3600),
  mailIntervalSec: z.number().min(0).default(1),
  otpLifetimeSec: z.int().min(1).default(3600),
  requireReauthentication: z.boolean().default(false),
  secureEmailChange: z.boolean().default(true),
  linkTemplate: z.custom<LinkTemplate>(isFunction).optional(),
  onError: z.custom<(error: unknown) => void>(isFunction).default(() => writeToStderr),
});

/** {@link SupabaseOptions} with every default filled in. */
export type Settings = z.infer<typeof Options>;

/** Checks the options and fills in the defaults. Errors: one that names every wrong option. */
export function readOptions(options: SupabaseOptions): Settings {
  const parsed = Options.safeParse(options);
  if (!parsed.success) throw new Error(`startSupabase: wrong options\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

function isFunction(value: unknown): boolean {
  return typeof value === "function";
}

function writeToStderr(error: unknown): void {
  const reason = error instanceof Error ? error.message : String(error);
  process.stderr.write(`local supabase: ${reason}\n`);
}
