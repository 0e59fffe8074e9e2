import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { chmod, chown, mkdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { currentHost } from "../src/binaries.ts";
import { exists } from "../src/files.ts";
import type { LocalPostgres } from "../src/index.ts";
import { canReach } from "../src/run-as.ts";
import { startOn } from "../src/start-postgres.ts";
import { openFolder } from "./open-folder.ts";
import { holdServer, killParent, waitUntilGone } from "./processes.ts";
import { query } from "./query.ts";

const NOBODY = { uid: 65534, gid: 65534 };
const DAEMON = { uid: 1, gid: 1 };
const isRoot = process.getuid?.() === 0 && process.platform === "linux";
// A project in root's closed home: then an ordinary user cannot even read this test.
const isOpen = isRoot && (await canReach(DAEMON, import.meta.dirname)) && (await runsAs(DAEMON));

const spawned: ChildProcess[] = [];
const running: LocalPostgres[] = [];
let folder = "";

beforeEach(async () => {
  folder = await openFolder();
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((postgres) => postgres.stop()));
  for (const child of spawned.splice(0)) child.kill("SIGKILL");
  await waitUntilGone(folder);
  await rm(folder, { recursive: true, force: true });
});

/** Whether that user can run this Node. */
function runsAs(user: { uid: number; gid: number }): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ["--version"], { ...user, cwd: "/", stdio: "ignore" });
    child.once("error", () => resolve(false));
    child.once("exit", (code) => resolve(code === 0));
  });
}

async function start(dataDir: string): Promise<LocalPostgres> {
  const host = { ...currentHost(), sharedDirs: [join(folder, "shared")] };
  const postgres = await startOn(host, { dataDir, settings: { fsync: "off" } });
  running.push(postgres);
  return postgres;
}

describe.runIf(isRoot)("as root", () => {
  test("the server and its files belong to nobody, the password to root", async () => {
    const dataDir = join(folder, "pg");
    const postgres = await start(dataDir);
    expect(postgres.dataDir).toBe(dataDir);
    expect(await stat(dataDir)).toMatchObject(NOBODY);
    expect(await stat(`${dataDir}.password`)).toMatchObject({ uid: 0, mode: 0o100600 });
  });

  test("a project that nobody cannot get to keeps its data in a shared folder and finds it again", async () => {
    const closed = join(folder, "home");
    await mkdir(closed, { mode: 0o700 });
    const first = await start(join(closed, "pg"));
    expect(first.dataDir.startsWith(join(folder, "shared", "data-"))).toBe(true);
    expect(await stat(first.dataDir)).toMatchObject({ ...NOBODY, mode: 0o040700 });
    await query(first.url, "create table kept as select 42 as answer");
    await first.stop();

    // Opening the project afterwards must not lead to a second, empty cluster.
    await chmod(closed, 0o755);
    const second = await start(join(closed, "pg"));
    expect(second.dataDir).toBe(first.dataDir);
    expect(await query(second.url, "select answer from kept")).toEqual([{ answer: 42 }]);
  });

  test("deleting all that lies beside the data folder starts afresh, also where the data is elsewhere", async () => {
    const closed = join(folder, "home");
    await mkdir(closed, { mode: 0o700 });
    const first = await start(join(closed, "pg"));
    await query(first.url, "create table kept ()");
    await first.stop();
    await rm(closed, { recursive: true });
    await mkdir(closed, { mode: 0o700 });
    const second = await start(join(closed, "pg"));
    await expect(query(second.url, "select * from kept")).rejects.toMatchObject({ code: "42P01" });
  });

  test("data elsewhere goes when its temporary folder has gone, and stays while that is there", async () => {
    const dataDirs: string[] = [];
    for (const name of ["gone", "kept", "new"]) {
      const home = join(folder, name);
      await mkdir(home, { mode: 0o700 });
      const postgres = await start(join(home, "pg"));
      await postgres.stop();
      dataDirs.push(postgres.dataDir);
      if (name === "gone") await rm(home, { recursive: true });
    }
    expect(await Promise.all(dataDirs.map(exists))).toEqual([false, true, true]);
  });

  test("a shared folder that another user made first is not trusted", async () => {
    const closed = join(folder, "home");
    await mkdir(closed, { mode: 0o700 });
    await mkdir(join(folder, "shared"));
    await chown(join(folder, "shared"), DAEMON.uid, DAEMON.gid);
    await expect(start(join(closed, "pg"))).rejects.toThrow(/none of .*shared can be written/);
  });

  test("a cluster whose owner can no longer get to it is named, not replaced", async () => {
    const home = join(folder, "home");
    await mkdir(home, { mode: 0o755 });
    const first = await start(join(home, "pg"));
    await first.stop();
    await chmod(home, 0o700);
    await expect(start(join(home, "pg"))).rejects.toThrow("a folder above it is closed");
  });
});

describe.runIf(isOpen)("as an ordinary user", () => {
  test("the server is the user's own, and root runs it as that user later", async () => {
    await chown(folder, DAEMON.uid, DAEMON.gid);
    const dataDir = join(folder, "pg");
    const held = await holdServer(dataDir, DAEMON);
    spawned.push(held.parent);
    expect(held.dataDir).toBe(dataDir);
    expect(await stat(dataDir)).toMatchObject(DAEMON);
    await query(held.url, "create table kept as select 42 as answer");
    await killParent(held.parent);
    await waitUntilGone(folder);

    const later = await start(dataDir);
    expect(await stat(join(dataDir, "postmaster.pid"))).toMatchObject(DAEMON);
    expect(await query(later.url, "select answer from kept")).toEqual([{ answer: 42 }]);
  });

  test("a cluster that root made is refused with the reason", async () => {
    const dataDir = join(folder, "pg");
    await (await start(dataDir)).stop();
    await chown(folder, DAEMON.uid, DAEMON.gid);
    await expect(holdServer(dataDir, DAEMON)).rejects.toThrow("belongs to another user");
  });
});
