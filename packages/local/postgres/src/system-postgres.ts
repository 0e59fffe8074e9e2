import type { ChildProcess } from "node:child_process";
import { execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { chmod, chown, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { findFreePort } from "./port.ts";

const ROOT = "/usr/lib/postgresql";
const run = promisify(execFile);

/** A throw-away cluster that a test may break. */
export interface SystemPostgres {
  /** Of the superuser, to the database `postgres`. */
  url: string;
  /** Ends it as an administrator's fast restart does: connections are told, then cut. */
  shutDown(): Promise<void>;
  /** Ends it without a word (SIGKILL of the postmaster). */
  kill(): Promise<void>;
  /** Starts it again on the same port and folder, with crash recovery where it is needed, and waits until it answers. */
  start(): Promise<void>;
  /** Stops all its processes as they are (SIGSTOP): connections stay open, and nothing is answered. */
  freeze(): void;
  /** Lets them go on. */
  thaw(): void;
  stop(): Promise<void>;
}

/** The major versions of PostgreSQL that the system's packages have installed. */
export async function installedVersions(): Promise<string[]> {
  const entries = await readdir(ROOT).catch(() => []);
  return entries.filter((entry) => /^\d+$/.test(entry));
}

/** Starts a throw-away cluster of an installed version; `nobody` runs it when we are root. */
export async function startSystemPostgres(version: string): Promise<SystemPostgres> {
  const folder = await mkdtemp(join(tmpdir(), `turnpike-pg${version}-`));
  const isRoot = process.getuid?.() === 0;
  const user = isRoot ? { uid: 65_534, gid: 65_534 } : {};
  const password = randomBytes(18).toString("base64url");
  const passwordFile = join(folder, "password");
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (isRoot) for (const path of [folder, passwordFile]) await chown(path, 65_534, 65_534);
  await chmod(folder, 0o700);
  const data = join(folder, "data");
  const bin = (name: string) => join(ROOT, version, "bin", name);
  const login = ["-U", "postgres", "-A", "scram-sha-256", `--pwfile=${passwordFile}`];
  await run(bin("initdb"), ["-D", data, ...login, "-E", "UTF8", "--locale=C.UTF-8"], user);
  const port = await findFreePort(undefined);
  const url = `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`;
  const settings = ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off"];
  const launch = (): ChildProcess =>
    endingWithUs(spawn(bin("postgres"), ["-D", data, "-p", String(port), ...settings], { ...user, stdio: "ignore" }));
  let server = launch();
  const end = (signal: NodeJS.Signals): Promise<void> => ended(server, signal);
  const start = async (): Promise<void> => {
    server = await untilAnswering(url, launch, server);
  };
  await start();
  return {
    url,
    shutDown: () => end("SIGINT"),
    kill: () => end("SIGKILL"),
    start,
    freeze: () => signalAll(server, "SIGSTOP"),
    thaw: () => signalAll(server, "SIGCONT"),
    async stop() {
      signalAll(server, "SIGCONT");
      await end("SIGINT");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A run that ends before its hooks, for example on a failed one, leaves nothing running, not even a frozen one. */
function endingWithUs(server: ChildProcess): ChildProcess {
  const end = (): void => signalAll(server, "SIGKILL");
  process.once("exit", end);
  server.once("exit", () => process.off("exit", end));
  return server;
}

const isGone = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null;

async function ended(server: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (isGone(server)) return;
  const exited = once(server, "exit");
  server.kill(signal);
  await exited;
}

/** Sends a signal to the postmaster and to its processes, each of which leads a group of its own. */
function signalAll(server: ChildProcess, signal: NodeJS.Signals): void {
  if (server.pid === undefined || isGone(server)) return;
  const children = readFileSync(`/proc/${server.pid}/task/${server.pid}/children`, "utf8");
  server.kill(signal);
  for (const pid of children.split(" ").filter(Boolean)) {
    try {
      process.kill(Number(pid), signal);
    } catch {
      // It has ended meanwhile.
    }
  }
}

/** Waits until the server answers. One that ended at once is launched again: the processes of a killed one live on for a moment. */
async function untilAnswering(url: string, launch: () => ChildProcess, first: ChildProcess): Promise<ChildProcess> {
  let server = isGone(first) ? launch() : first;
  const deadline = Date.now() + 30_000;
  for (;;) {
    const client = new pg.Client({ connectionString: url });
    client.on("error", () => undefined);
    try {
      await client.connect();
      return server;
    } catch (error) {
      if (Date.now() > deadline) throw error;
    } finally {
      await client.end();
    }
    if (isGone(server)) server = launch();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
