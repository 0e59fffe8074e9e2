import { execFile, spawn } from "node:child_process";
import { chmod, chown, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { findFreePort } from "./port.ts";

const ROOT = "/usr/lib/postgresql";
const run = promisify(execFile);

/** The major versions of PostgreSQL that the system's packages have installed. */
export async function installedVersions(): Promise<string[]> {
  const entries = await readdir(ROOT).catch(() => []);
  return entries.filter((entry) => /^\d+$/.test(entry));
}

/** Starts a throw-away cluster of an installed version; `nobody` runs it when we are root. */
export async function startSystemPostgres(version: string): Promise<{ url: string; stop(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), `turnpike-pg${version}-`));
  const isRoot = process.getuid?.() === 0;
  const user = isRoot ? { uid: 65_534, gid: 65_534 } : {};
  if (isRoot) await chown(folder, 65_534, 65_534);
  await chmod(folder, 0o700);
  const data = join(folder, "data");
  const bin = (name: string) => join(ROOT, version, "bin", name);
  await run(bin("initdb"), ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"], user);
  const port = await findFreePort(undefined);
  const settings = ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off"];
  const server = spawn(bin("postgres"), ["-D", data, "-p", String(port), ...settings], { ...user, stdio: "ignore" });
  const ended = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  const url = `postgresql://postgres@127.0.0.1:${port}/postgres`;
  await waitUntilReady(url);
  return {
    url,
    async stop() {
      server.kill("SIGINT");
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function waitUntilReady(url: string): Promise<void> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const client = new pg.Client({ connectionString: url });
    client.on("error", () => undefined);
    try {
      await client.connect();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
    } finally {
      await client.end();
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
