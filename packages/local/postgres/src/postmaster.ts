import { execFile } from "node:child_process";
import { readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { errorCode, findText } from "./files.ts";

const execute = promisify(execFile);
const FAST_MS = 10_000;
const POLL_MS = 20;

/** A running server. */
export interface Postmaster {
  pid: number;
  dataDir: string;
  /** User that it runs as; absent on Windows. */
  uid?: number;
}

/** What a running server says of itself in its pid file. */
export interface RunningServer extends Postmaster {
  port: number;
  /** The command line it was started with. */
  options: string;
}

/**
 * Server that runs on the data folder, or null. A pid file whose process is gone is left for the server to judge;
 * one whose number meanwhile belongs to something else (or to a process that ended and was never collected) is
 * removed, because the server would take that process for its rival.
 */
export async function findRunning(dataDir: string, uid: number | undefined): Promise<RunningServer | null> {
  const pidFile = join(dataDir, "postmaster.pid");
  const lines = (await findText(pidFile))?.split("\n");
  if (lines === undefined) return null;
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0 || !isAlive(pid)) return null;
  if (!(await isRunning({ pid, dataDir, uid }))) {
    await rm(pidFile, { force: true });
    return null;
  }
  const options = (await findText(join(dataDir, "postmaster.opts"))) ?? "";
  return { pid, dataDir, uid, port: Number(lines[3]), options };
}

/** Whether that process still is the server of that data folder, run by that user. */
export async function isRunning(server: Postmaster): Promise<boolean> {
  if (!isAlive(server.pid)) return false;
  if (process.platform === "win32") return true;
  return process.platform === "linux" ? isRunningByProc(server) : isRunningByPs(server);
}

/**
 * Stops a server and returns when it is gone: SIGINT (clients are cut off, data is flushed), and SIGQUIT after 10 s.
 * Source: https://www.postgresql.org/docs/18/server-shutdown.html
 */
export async function stopServer(server: Postmaster, pgCtl: string): Promise<void> {
  if (!(await isRunning(server))) return;
  if (process.platform === "win32") {
    await execute(pgCtl, ["stop", "-D", server.dataDir, "-m", "fast", "-t", String(FAST_MS / 1000)]);
    return;
  }
  signal(server.pid, "SIGINT");
  if (await isGone(server, FAST_MS)) return;
  signal(server.pid, "SIGQUIT");
  if (await isGone(server, FAST_MS)) return;
  signal(server.pid, "SIGKILL");
  await isGone(server, FAST_MS);
}

async function isGone(server: Postmaster, withinMs: number): Promise<boolean> {
  const until = performance.now() + withinMs;
  while (performance.now() < until) {
    if (!(await isRunning(server))) return true;
    await delay(POLL_MS);
  }
  return false;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === "EPERM";
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (errorCode(error) !== "ESRCH") throw error;
  }
}

async function isRunningByProc({ pid, dataDir, uid }: Postmaster): Promise<boolean> {
  try {
    // Empty for a process that ended and was not collected yet.
    const words = (await readFile(`/proc/${pid}/cmdline`, "utf8")).split("\0");
    const owner = (await stat(`/proc/${pid}`)).uid;
    return words[words.indexOf("-D") + 1] === dataDir && (uid === undefined || owner === uid);
  } catch {
    return false;
  }
}

async function isRunningByPs({ pid, dataDir, uid }: Postmaster): Promise<boolean> {
  try {
    const { stdout } = await execute("ps", ["-o", "uid=,stat=,args=", "-p", String(pid)]);
    const [, owner, state, args] = /^\s*(-?\d+)\s+(\S+)\s+(.*)$/m.exec(stdout) ?? [];
    if (args === undefined || state?.startsWith("Z")) return false;
    return args.includes(`-D ${dataDir} `) && (uid === undefined || Number(owner) === uid);
  } catch {
    return false;
  }
}
