import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { startPostgres } from "../src/index.ts";
import type { LocalPostgres } from "../src/index.ts";
import { openFolder } from "./open-folder.ts";
import { holdServer, killParent, parentPid, processesOn, serverPid, waitUntilGone } from "./processes.ts";
import type { Held } from "./processes.ts";
import { query } from "./query.ts";

const spawned: ChildProcess[] = [];
const running: LocalPostgres[] = [];
let folder = "";
let dataDir = "";

beforeEach(async () => {
  folder = await openFolder();
  dataDir = join(folder, "pg");
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((postgres) => postgres.stop()));
  for (const child of spawned.splice(0)) child.kill("SIGKILL");
  await waitUntilGone(folder);
  await rm(folder, { recursive: true, force: true });
});

async function start(settings: Record<string, string> = { fsync: "off" }): Promise<LocalPostgres> {
  const postgres = await startPostgres({ dataDir, settings });
  running.push(postgres);
  return postgres;
}

async function hold(): Promise<Held> {
  const held = await holdServer(dataDir, { detached: true });
  spawned.push(held.parent);
  await query(held.url, "create table kept as select 42 as answer");
  return held;
}

async function expectDataKept(postgres: LocalPostgres): Promise<void> {
  expect(await query(postgres.url, "select answer from kept")).toEqual([{ answer: 42 }]);
}

/** Kills parent and supervisor, which leaves the server alone in the world. */
async function orphan(held: Held): Promise<number> {
  const server = await serverPid(dataDir);
  process.kill(await parentPid(server), "SIGKILL");
  await killParent(held.parent);
  await vi.waitFor(async () => expect(await processesOn(dataDir)).toEqual([server]), { interval: 20 });
  return server;
}

// These tests look at processes through /proc.
describe.skipIf(process.platform !== "linux")("after a kill -9", () => {
  test("of the parent alone nothing is left running", async () => {
    const { parent } = await hold();
    await killParent(parent);
    await waitUntilGone(folder);
    await expect(stat(join(dataDir, "postmaster.pid"))).rejects.toMatchObject({ code: "ENOENT" });
  });

  test("of the parent alone a start in the same moment waits for its turn and finds the data", async () => {
    const { parent } = await hold();
    parent.kill("SIGKILL");
    const next = await start();
    await expectDataKept(next);
    expect(next.adopted).toBe(false);
  });

  test("of parent and supervisor the next start takes the orphan over, and stops it in the end", async () => {
    const server = await orphan(await hold());
    const next = await start();
    expect(next.adopted).toBe(true);
    expect(await serverPid(dataDir)).toBe(server);
    await expectDataKept(next);
    await next.stop();
    expect(await processesOn(folder)).toEqual([]);
  });

  test("an orphan that was taken over is stopped when the new parent is killed too", async () => {
    await orphan(await hold());
    const next = await holdServer(dataDir);
    spawned.push(next.parent);
    expect(next.adopted).toBe(true);
    await killParent(next.parent);
    await waitUntilGone(folder);
  });

  test("an orphan with other settings than those asked for is replaced", async () => {
    const server = await orphan(await hold());
    const next = await start({ fsync: "off", max_connections: "31" });
    expect(next.adopted).toBe(false);
    expect(await serverPid(dataDir)).not.toBe(server);
    expect(await query(next.url, "show max_connections")).toEqual([{ max_connections: "31" }]);
    await expectDataKept(next);
  });

  test("an orphan whose password is lost is replaced", async () => {
    await orphan(await hold());
    await rm(`${dataDir}.password`);
    const next = await start();
    expect(next.adopted).toBe(false);
    await expectDataKept(next);
  });

  test("of everything the next start recovers and keeps the data", async () => {
    const { parent } = await hold();
    const server = await serverPid(dataDir);
    for (const pid of [await parentPid(server), server]) process.kill(pid, "SIGKILL");
    await killParent(parent);
    const next = await start();
    expect(next.adopted).toBe(false);
    await expectDataKept(next);
  });

  test("of the supervisor alone the parent still stops the server itself", async () => {
    const postgres = await start();
    process.kill(await parentPid(await serverPid(dataDir)), "SIGKILL");
    await postgres.stop();
    expect(await processesOn(folder)).toEqual([]);
  });

  test("of the server the parent is told, and another start works", async () => {
    const said: string[] = [];
    let tell: (() => void) | undefined;
    const told = new Promise<void>((resolve) => (tell = resolve));
    const hear = (message: string) => {
      said.push(message);
      if (message.includes("ended by itself")) tell?.();
    };
    const postgres = await startPostgres({ dataDir, settings: { fsync: "off" }, onProgress: hear });
    process.kill(await serverPid(dataDir), "SIGKILL");
    await told;
    await postgres.stop();
    expect(said.at(-1)).toContain("signal SIGKILL");
    expect(await query((await start()).url, "select 1 as one")).toEqual([{ one: 1 }]);
  });

  test("a pid file whose number meanwhile belongs to another process of that user is no obstacle", async () => {
    const first = await start();
    await first.stop();
    const { uid, gid } = await stat(dataDir);
    const other = spawn("sleep", ["60"], { uid, gid, stdio: "ignore" });
    spawned.push(other);
    await once(other, "spawn");
    await writeFile(join(dataDir, "postmaster.pid"), `${other.pid}\n${dataDir}\n0\n${first.port}\n\n127.0.0.1\n`);
    expect(await query((await start()).url, "select 1 as one")).toEqual([{ one: 1 }]);
    expect(other.exitCode).toBeNull();
  });
});

describe.skipIf(process.platform !== "linux")("on the terminal's Ctrl-C", () => {
  test("the server outlives the signal until its parent has stopped it in order", async () => {
    const { parent } = await hold();
    const gone = once(parent, "exit");
    process.kill(-Number(parent.pid), "SIGINT");
    expect(await gone).toEqual([0, null]);
    expect(await processesOn(folder)).toEqual([]);
    expect(await query((await start()).url, "select * from last_words")).toEqual([]);
  });
});
