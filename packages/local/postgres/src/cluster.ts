import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chown, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import type { Binaries } from "./binaries.ts";
import { exists, findText, writePrivate } from "./files.ts";
import { makePrivateDir } from "./place.ts";
import type { Place } from "./place.ts";

const execute = promisify(execFile);
const MAJOR = "18";

/**
 * Makes the cluster when there is none, and returns the password of its superuser `postgres`.
 * A password that was lost is replaced. The server must not be running.
 */
export async function prepareCluster(binaries: Binaries, place: Place, isDurable: boolean): Promise<string> {
  const known = (await findText(place.passwordFile))?.trim();
  if (!(await exists(join(place.dataDir, "PG_VERSION")))) {
    const password = known || newPassword();
    await writePrivate(place.passwordFile, `${password}\n`);
    await createCluster(binaries, place, password, isDurable);
    return password;
  }
  const version = (await readFile(join(place.dataDir, "PG_VERSION"), "utf8")).trim();
  if (version !== MAJOR) {
    throw new Error(`The data folder ${place.dataDir} was made by PostgreSQL ${version}; this is PostgreSQL ${MAJOR}.`);
  }
  if (known) return known;
  const password = newPassword();
  await replacePassword(binaries, place, password);
  await writePrivate(place.passwordFile, `${password}\n`);
  return password;
}

/** Environment for PostgreSQL's programs: settings meant for other servers (PGDATA, PGPORT, …) stay out. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith("PG") && !name.startsWith("LC_"));
  return { ...Object.fromEntries(kept), LC_ALL: "C" };
}

async function createCluster(binaries: Binaries, place: Place, password: string, isDurable: boolean): Promise<void> {
  await refuseForeignFiles(place.dataDir);
  await removeHalfMade(place.dataDir);
  // Made beside and moved, so that a kill in the middle leaves no half-made cluster; under a name of its own, because
  // the program of a killed start may still be writing.
  const next = await mkdtemp(`${place.dataDir}.new-`);
  await makePrivateDir(next, place.user);
  await withPasswordFile(password, place, async (passwordFile) => {
    const options = ["--username=postgres", "--auth=scram-sha-256", `--pwfile=${passwordFile}`, "--encoding=UTF8"];
    // The builtin provider sorts and folds the same on every platform, with no locale installed.
    const locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"];
    const sync = isDurable ? [] : ["--no-sync"];
    await execute(binaries.initdb, ["-D", next, ...options, ...locale, ...sync], {
      ...place.user,
      cwd: next,
      env: serverEnvironment(),
    });
  });
  await rename(next, place.dataDir);
}

async function removeHalfMade(dataDir: string): Promise<void> {
  for (const name of await readdir(dirname(dataDir))) {
    if (!name.startsWith(`${basename(dataDir)}.new-`)) continue;
    await rm(join(dirname(dataDir), name), { recursive: true, force: true, maxRetries: 5 });
  }
}

async function refuseForeignFiles(dataDir: string): Promise<void> {
  if (!(await exists(dataDir))) return;
  if ((await readdir(dataDir)).length > 0) {
    throw new Error(
      `The data folder ${dataDir} holds files, but no PostgreSQL cluster: name another folder or empty it.`,
    );
  }
}

/** Single-user mode asks for no password. */
async function replacePassword(binaries: Binaries, place: Place, password: string): Promise<void> {
  const running = execute(binaries.postgres, ["--single", "-D", place.dataDir, "postgres"], {
    ...place.user,
    cwd: place.dataDir,
    env: serverEnvironment(),
  });
  running.child.stdin?.end(`alter role postgres with password '${password}'\n`);
  const { stdout, stderr } = await running;
  if (/ERROR|FATAL/.test(stdout + stderr)) {
    throw new Error(`The lost password of ${place.dataDir} could not be replaced: ${stderr.trim()}`);
  }
}

async function withPasswordFile(password: string, place: Place, use: (path: string) => Promise<void>): Promise<void> {
  const { uid, gid } = place.user;
  // Here and not among the temporary files, which the server's user may be kept from.
  const folder = await mkdtemp(`${place.dataDir}.new-password-`);
  try {
    const path = join(folder, "password");
    await writeFile(path, password, { mode: 0o600 });
    if (uid !== undefined && gid !== undefined) {
      await chown(path, uid, gid);
      await chown(folder, uid, gid);
    }
    await use(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Characters that need no escape in SQL, in a URL or in a file. */
function newPassword(): string {
  return randomBytes(24).toString("base64url");
}
