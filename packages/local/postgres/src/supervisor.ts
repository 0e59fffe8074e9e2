import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseReport } from "./messages.ts";
import type { Order } from "./messages.ts";

/** The supervisor process as its parent sees it. */
export interface Supervisor {
  /** Starts or adopts a server and returns its process id. Throws with the reason when it cannot be started. */
  order(order: Extract<Order, { kind: "run" | "adopt" }>): Promise<number>;
  /** How the last server ended ("exit code 1", "signal SIGKILL"), or null while it runs. */
  ended(): string | null;
  /** Calls back when a server ends without being told to. */
  onEnd(listener: (how: string) => void): void;
  /** Stops the server and returns when the supervisor is gone. False: it was gone before, and could not do it. */
  stop(): Promise<boolean>;
  /** Lets the parent end without stop(): the supervisor notices, and stops the server. */
  release(): void;
}

/** Starts the supervisor of a data folder. Errors: the folder is in use by another live process. */
export async function startSupervisor(key: string, pgCtl: string): Promise<Supervisor> {
  const child = fork(fileURLToPath(new URL("./supervisor-main.ts", import.meta.url)), [key, pgCtl], {
    // A session of its own: the terminal's Ctrl-C and hang-up reach the parent only, which stops things in order.
    detached: true,
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    execArgv: [],
    env: { ...process.env, NODE_OPTIONS: "" },
    cwd: "/",
  });
  await waitForLock(child, key);
  return makeSupervisor(child);
}

function waitForLock(child: ChildProcess, key: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null) =>
      reject(new Error(`The supervisor of PostgreSQL ended early, code ${code}.`));
    child.once("error", reject);
    child.once("exit", onExit);
    child.once("message", (message) => {
      child.off("exit", onExit);
      child.off("error", reject);
      const report = parseReport(message);
      if (report?.kind === "owner") return resolve();
      const owner = report?.kind === "taken" && report.owner > 0 ? `process ${report.owner}` : "another process";
      return reject(new Error(`The data folder ${key} is in use by ${owner}: stop that one, or name another folder.`));
    });
  });
}

function makeSupervisor(child: ChildProcess): Supervisor {
  let ended: string | null = null;
  let isStopping = false;
  const listeners: ((how: string) => void)[] = [];
  const noteEnd = (how: string) => {
    ended = how;
    if (isStopping) return;
    for (const listener of listeners) listener(how);
  };
  child.on("message", (message) => {
    const report = parseReport(message);
    if (report?.kind === "ended") noteEnd(report.how);
  });
  // A message to a supervisor that was killed: its exit says so.
  child.on("error", () => undefined);
  return {
    order: (order) => {
      ended = null;
      return sendOrder(child, order);
    },
    ended: () => ended,
    onEnd: (listener) => listeners.push(listener),
    stop: () => {
      isStopping = true;
      return stopSupervisor(child);
    },
    release: () => {
      child.unref();
      child.channel?.unref();
    },
  };
}

function sendOrder(child: ChildProcess, order: Order): Promise<number> {
  return new Promise((resolve, reject) => {
    const onExit = () => reject(new Error("The supervisor of PostgreSQL ended."));
    const onMessage = (message: unknown) => {
      const report = parseReport(message);
      if (report === null) return;
      child.off("message", onMessage);
      child.off("exit", onExit);
      if (report.kind === "running") return resolve(report.pid);
      return reject(new Error(report.kind === "ended" ? report.how : `unexpected report ${report.kind}`));
    };
    child.on("message", onMessage);
    child.once("exit", onExit);
    child.send(order);
  });
}

function stopSupervisor(child: ChildProcess): Promise<boolean> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(false);
  return new Promise((resolve) => {
    child.ref();
    child.channel?.ref();
    child.once("exit", (code) => resolve(code === 0));
    child.send({ kind: "stop" } satisfies Order);
  });
}
