import { isLoopback } from "./is-loopback.ts";

// What the driver knows. `prefer`, `require` and `verify-ca` are as strict as `verify-full` there.
const sslModes = new Set(["disable", "no-verify", "prefer", "require", "verify-ca", "verify-full"]);

/**
 * Finds databases elsewhere whose URL does not say how the way there is protected; one line each, which never repeats a value.
 * Without `sslmode` the driver speaks in the clear, password-proof and rows alike, and would not say so. This machine may
 * be spoken to in the clear, by loopback or a socket in the file system. For production only.
 * Source: pg-connection-string.
 */
export function databaseUrlProblems(urls: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(urls).flatMap(([name, text]) => {
    if (text === undefined || isPlain(new URL(text))) return [];
    const ways =
      "add ?sslmode=verify-full (with &sslrootcert=FILE for Supabase), or sslmode=disable on a private network";
    return [`${name}: it does not say whether it is encrypted; ${ways}`];
  });
}

/** Whether nothing is left open. Of a parameter that is given twice the driver takes the last. */
function isPlain({ hostname, searchParams }: URL): boolean {
  const host = searchParams.getAll("host").at(-1) || hostname;
  if (host.startsWith("/") || isLoopback(host)) return true;
  return sslModes.has(searchParams.getAll("sslmode").at(-1) ?? "");
}
