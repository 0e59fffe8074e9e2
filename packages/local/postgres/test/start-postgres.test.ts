import { mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startPostgres } from "../src/index.ts";
import type { LocalPostgres, StartOptions } from "../src/index.ts";
import { openFolder } from "./open-folder.ts";
import { query } from "./query.ts";

const running: LocalPostgres[] = [];
let folder = "";

beforeEach(async () => {
  folder = await openFolder();
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(running.splice(0).map((postgres) => postgres.stop()));
  await rm(folder, { recursive: true, force: true });
});

async function start(options: Partial<StartOptions> = {}): Promise<LocalPostgres> {
  const postgres = await startPostgres({ dataDir: join(folder, "pg"), settings: { fsync: "off" }, ...options });
  running.push(postgres);
  return postgres;
}

test("a fresh folder becomes a running server with the database and settings that were asked for", async () => {
  const postgres = await start({ database: 'odd "name"', settings: { fsync: "off", max_connections: "17" } });
  const sql = `select current_database() as database, current_setting('timezone') as zone, current_setting('fsync') as fsync,
    current_setting('max_connections') as connections, current_setting('listen_addresses') as address, 'Ä' ilike 'ä' as folds`;
  expect(await query(postgres.url, sql)).toEqual([
    { database: 'odd "name"', zone: "UTC", fsync: "off", connections: "17", address: "127.0.0.1", folds: true },
  ]);
  expect(postgres.adopted).toBe(false);
});

test("a second start finds the data, the port and the password of the first", async () => {
  const first = await start();
  await query(first.url, "create table kept as select 42 as answer");
  await first.stop();
  const second = await start();
  expect(second.url).toBe(first.url);
  expect(await query(second.url, "select answer from kept")).toEqual([{ answer: 42 }]);
});

test("a wrong password is refused, and the files that hold the right one are private", async () => {
  const postgres = await start();
  await expect(query(postgres.url.replace(/:[^:@]+@/, ":wrong@"), "select 1")).rejects.toMatchObject({ code: "28P01" });
  expect((await stat(join(folder, "pg.password"))).mode & 0o777).toBe(0o600);
  expect((await stat(postgres.dataDir)).mode & 0o777).toBe(0o700);
});

test("a lost password is replaced and the data stays", async () => {
  const first = await start();
  await query(first.url, "create table kept ()");
  await first.stop();
  await rm(join(folder, "pg.password"));
  const second = await start();
  expect(second.url).not.toBe(first.url);
  expect(await query(second.url, "select * from kept")).toEqual([]);
});

test("a taken port is passed over for the next free one", async () => {
  const other = createServer();
  const taken = await new Promise<number>((resolve) => {
    other.listen(0, "127.0.0.1", () => {
      const address = other.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
  try {
    const postgres = await start({ port: taken });
    expect(postgres.port).toBeGreaterThan(taken);
    expect(await query(postgres.url, "select 1 as one")).toEqual([{ one: 1 }]);
  } finally {
    other.close();
  }
});

test("two data folders run side by side", async () => {
  const [a, b] = await Promise.all([start({ dataDir: join(folder, "a") }), start({ dataDir: join(folder, "b") })]);
  expect(a.port).not.toBe(b.port);
  await query(a.url, "create table only_in_a ()");
  await expect(query(b.url, "select * from only_in_a")).rejects.toMatchObject({ code: "42P01" });
});

test("a second start on a folder that is in use is refused by the first one's process id", async () => {
  const first = await start();
  await expect(start()).rejects.toThrow(`is in use by process ${process.pid}`);
  expect(await query(first.url, "select 1 as one")).toEqual([{ one: 1 }]);
});

test("stopping twice is stopping once", async () => {
  const postgres = await start();
  await Promise.all([postgres.stop(), postgres.stop()]);
  await expect(query(postgres.url, "select 1")).rejects.toMatchObject({ code: "ECONNREFUSED" });
});

test("a folder with other files in it is refused and left alone", async () => {
  await writeFile(join(folder, "letter.txt"), "dear");
  await expect(start({ dataDir: folder })).rejects.toThrow("holds files, but no PostgreSQL cluster");
  expect((await stat(join(folder, "letter.txt"))).size).toBe(4);
});

test("a cluster of another version is named and left alone", async () => {
  const postgres = await start();
  await postgres.stop();
  await writeFile(join(postgres.dataDir, "PG_VERSION"), "17\n");
  await expect(start()).rejects.toThrow("was made by PostgreSQL 17; this is PostgreSQL 18");
});

test("what a start killed in the making left behind is cleared away, and nothing lies beside the cluster but its own", async () => {
  await mkdir(join(folder, "pg.new-abc123"));
  await start();
  expect((await readdir(folder)).toSorted()).toEqual(["pg", "pg.json", "pg.log", "pg.password"]);
});

test("a setting that PostgreSQL does not know stops the start with the words of its log", async () => {
  await expect(start({ settings: { no_such_setting: "1" } })).rejects.toThrow("no_such_setting");
});

test.each([
  ["an empty folder name", { dataDir: " " }, "path of a data folder"],
  ["an impossible port", { port: 70_000 }, "1 to 65535"],
  ["a database name of 64 bytes", { database: "x".repeat(64) }, "1 to 63 bytes"],
  ["a setting of the supervisor's own", { settings: { listen_addresses: "*" } }, "supervisor's own"],
  ["a setting's name with a space", { settings: { "fsync off": "1" } }, "no name of a PostgreSQL setting"],
])("%s is refused", async (_, options, message) => {
  await expect(start(options)).rejects.toThrow(message);
});

test("production is refused", async () => {
  vi.stubEnv("NODE_ENV", "production");
  await expect(start()).rejects.toThrow("does not start under NODE_ENV=production");
});
