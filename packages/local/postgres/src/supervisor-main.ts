// Program of the supervisor: a small process of its own between the parent and the server. It holds the lock of the data
// folder, and when the channel to the parent closes, however the parent ended, it stops the server and ends itself.
import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { serverEnvironment } from "./cluster.ts";
import { parseOrder } from "./messages.ts";
import type { Order, Report } from "./messages.ts";
import { takeOwnerLock } from "./owner-lock.ts";
import type { OwnerLock } from "./owner-lock.ts";
import { stopServer } from "./postmaster.ts";
import type { Postmaster } from "./postmaster.ts";

let server: Postmaster | null = null;
let lock: OwnerLock | null = null;
let isEnding = false;
const [key = "", pgCtl = ""] = process.argv.slice(2);

function report(message: Report): void {
  // The parent may be gone already: then nobody needs to know.
  if (process.connected) process.send?.(message, () => undefined);
}

function run(order: Extract<Order, { kind: "run" }>): void {
  const { program, args, dataDir, logFile, uid, gid } = order;
  const log = openSync(logFile, "a", 0o600);
  const child = spawn(program, args, {
    uid,
    gid,
    cwd: dataDir,
    env: serverEnvironment(),
    stdio: ["ignore", log, log],
    windowsHide: true,
  });
  closeSync(log);
  child.once("error", (error) => report({ kind: "ended", how: error.message }));
  child.once("exit", (code, signal) => {
    server = null;
    report({ kind: "ended", how: signal === null ? `exit code ${code}` : `signal ${signal}` });
  });
  if (child.pid === undefined) return;
  server = { pid: child.pid, dataDir, uid: uid ?? process.getuid?.() };
  report({ kind: "running", pid: child.pid });
}

function obey(order: Order | null): void {
  if (order === null || isEnding) return;
  switch (order.kind) {
    case "run":
      return run(order);
    case "adopt":
      server = { pid: order.pid, dataDir: order.dataDir, uid: order.uid };
      return report({ kind: "running", pid: order.pid });
    case "stop":
      return end();
    default:
      return order satisfies never;
  }
}

function end(): void {
  if (isEnding) return;
  isEnding = true;
  lock?.announceRelease();
  void finish();
}

async function finish(): Promise<void> {
  let code = 0;
  try {
    if (server !== null) await stopServer(server, pgCtl);
  } catch {
    code = 1;
  }
  lock?.release();
  process.exit(code);
}

process.on("message", (message) => obey(parseOrder(message)));
process.on("disconnect", end);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, end);

const taken = await takeOwnerLock(key, process.ppid);
if (typeof taken === "number") {
  report({ kind: "taken", owner: taken });
  process.disconnect();
} else {
  lock = taken;
  report({ kind: "owner" });
}
