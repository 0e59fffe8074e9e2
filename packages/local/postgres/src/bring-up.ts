import { open, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Binaries } from "./binaries.ts";
import { prepareCluster } from "./cluster.ts";
import { waitForAnswer } from "./connection.ts";
import type { Login } from "./connection.ts";
import { exists, findText } from "./files.ts";
import { isPort, readState, writeState } from "./place.ts";
import type { Place } from "./place.ts";
import { findFreePort } from "./port.ts";
import { findRunning, isRunning, stopServer } from "./postmaster.ts";
import type { Postmaster } from "./postmaster.ts";
import { hasSettings, serverArguments } from "./server-settings.ts";
import type { Supervisor } from "./supervisor.ts";

const START_MS = 120_000;
const RIVAL_MS = 10_000;
const RIVAL_PAUSE_MS = 50;

/** What it takes to bring a server up. */
export interface Start {
  binaries: Binaries;
  supervisor: Supervisor;
  place: Place;
  settings: Record<string, string>;
  preferredPort: number | undefined;
  report: (message: string) => void;
}

/** A server that answers. */
export interface Up {
  server: Postmaster;
  login: Login;
  isAdopted: boolean;
}

/** Takes over the server that runs on the cluster, or starts one, making the cluster first where there is none. */
export async function bringUp(start: Start): Promise<Up> {
  const { binaries, place, settings, report } = start;
  const adopted = await adopt(start);
  if (adopted !== null) return adopted;

  if (!(await exists(join(place.dataDir, "PG_VERSION")))) report(`creating the database cluster in ${place.dataDir}`);
  const password = await prepareCluster(binaries, place, settings["fsync"] !== "off");
  if (await exists(place.logFile)) await rename(place.logFile, `${place.logFile}.1`);
  return launch(start, password);
}

/** The orphan of a killed start, if it is of use; one that is not is stopped. */
async function adopt({ binaries, supervisor, place, settings, report }: Start): Promise<Up | null> {
  const running = await findRunning(place.dataDir, uidOf(place));
  if (running === null) return null;
  const { pid, dataDir, uid, port, options } = running;
  const server = { pid, dataDir, uid };
  const password = (await findText(place.passwordFile))?.trim();
  if (password && isPort(port) && hasSettings(options, dataDir, port, settings)) {
    report(`taking over the PostgreSQL of an earlier start, process ${pid}`);
    await supervisor.order({ kind: "adopt", ...server });
    const login = { port, password };
    const isAnswering = await waitForAnswer(login, dataDir, giveUp(START_MS, server));
    if (isAnswering) return { server, login, isAdopted: true };
  }
  report(`stopping the PostgreSQL of an earlier start, process ${pid}`);
  await stopServer(server, binaries.pgCtl);
  return null;
}

async function launch(start: Start, password: string): Promise<Up> {
  const { place } = start;
  const until = performance.now() + RIVAL_MS;
  let preferred = start.preferredPort ?? (await readState(place.stateFile)).port;
  for (;;) {
    const port = await findFreePort(preferred);
    const logged = (await exists(place.logFile)) ? (await stat(place.logFile)).size : 0;
    const attempt = await tryLaunch(start, { port, password });
    if (typeof attempt !== "string") {
      await writeState(place.stateFile, { port });
      return attempt;
    }
    const said = await readFrom(place.logFile, logged);
    if (/could not create any TCP\/IP sockets/.test(said)) {
      preferred = Math.min(port + 1, 65_535);
      continue;
    }
    // Children of a server that was killed are visible for a moment longer than it.
    const hasRival = /postmaster\.pid" already exists|pre-existing shared memory block/.test(said);
    if (!hasRival || performance.now() > until) throw notStarted(attempt, place.logFile, said);
    await delay(RIVAL_PAUSE_MS);
  }
}

/** A server that answers, or how the attempt ended. */
async function tryLaunch({ binaries, place, supervisor, settings }: Start, login: Login): Promise<Up | string> {
  const { dataDir, user, logFile } = place;
  const args = serverArguments(dataDir, login.port, settings);
  const pid = await supervisor.order({ kind: "run", program: binaries.postgres, args, dataDir, logFile, ...user });
  const server = { pid, dataDir, uid: uidOf(place) };
  const isOver = giveUp(START_MS, server);
  if (await waitForAnswer(login, dataDir, async () => supervisor.ended() !== null || (await isOver()))) {
    return { server, login, isAdopted: false };
  }
  return supervisor.ended() ?? `no answer within ${START_MS / 1000} s`;
}

function giveUp(withinMs: number, server: Postmaster): () => Promise<boolean> {
  const until = performance.now() + withinMs;
  return async () => performance.now() > until || !(await isRunning(server));
}

function uidOf(place: Place): number | undefined {
  return place.user.uid ?? process.getuid?.();
}

async function readFrom(path: string, position: number): Promise<string> {
  const file = await open(path, "r");
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(64 * 1024), 0, 64 * 1024, position);
    return buffer.toString("utf8", 0, bytesRead);
  } finally {
    await file.close();
  }
}

function notStarted(how: string, logFile: string, said: string): Error {
  const last = said.trim().split("\n").slice(-8).join("\n");
  return new Error(`PostgreSQL did not start (${how}). The end of its log, ${logFile}:\n${last}`);
}
