import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { defineModule, EnvError, readEnv } from "@turnpike/core";
import { startPostgres } from "@turnpike/local-postgres";
import { apiUrlOf, prepareDatabase } from "@turnpike/testing";
import { startServerBed } from "./server-bed.ts";

test("a module that throws at start stops the start with its name", async () => {
  const broken = defineModule({
    name: "broken",
    async start() {
      throw new Error("no fuel");
    },
  });
  await expect(startServerBed({ modules: [broken] })).rejects.toThrow("module broken failed to start: no fuel");
});

test("an environment that is not complete names every variable, and repeats no value", () => {
  const read = () => readEnv({ DATABASE_URL: "mysql://secret@host/db", PORT: "x" });
  expect(read).toThrow(EnvError);
  expect(read).toThrow(/PORT[^]*DATABASE_URL[^]*SUPABASE_URL[^]*STRIPE_SECRET_KEY/);
  expect(read).not.toThrow(/secret@host/);
});

test("production refuses memory providers unless one process does everything", () => {
  const env = {
    NODE_ENV: "production",
    API_URL: "https://api.test",
    DATABASE_URL: "postgres://a:b@h/d?sslmode=verify-full",
    SUPABASE_URL: "https://s.test",
    SUPABASE_ANON_KEY: "a",
    SUPABASE_SERVICE_KEY: "s",
    STRIPE_SECRET_KEY: "sk_test_1",
    STRIPE_WEBHOOK_SECRET: "whsec_1",
  };
  expect(() => readEnv(env)).toThrow(/CACHE_PROVIDER/);
  expect(readEnv({ ...env, SINGLE_INSTANCE: "1" }).ROLE).toBe("all");
  expect(() => readEnv({ ...env, SINGLE_INSTANCE: "1", ROLE: "web" })).toThrow(/RATE_LIMIT_PROVIDER/);
});

test("an unknown provider stops the start and lists the known ones", async () => {
  await expect(startServerBed({ env: { CACHE_PROVIDER: "memcached" } })).rejects.toThrow(
    /CACHE_PROVIDER: "memcached" is not known. Known: memory, redis$/,
  );
});

test("a module to switch off that there is not stops the start and lists the known ones", async () => {
  await expect(startServerBed({ env: { MODULES_DISABLED: "billing,biling" } })).rejects.toThrow(
    /MODULES_DISABLED: biling is not known. Known: .*billing/,
  );
});

test("a provider on Redis without REDIS_URL stops the start, naming both", async () => {
  await expect(startServerBed({ env: { EVENT_BUS_PROVIDER: "redis" } })).rejects.toThrow(
    new EnvError("REDIS_URL: missing, and EVENT_BUS_PROVIDER is redis"),
  );
});

test("a REDIS_URL that is none stops the start and is not repeated; where nothing uses it, it is not looked at", async () => {
  const failed = startServerBed({ env: { CACHE_PROVIDER: "redis", REDIS_URL: "https://user:secret@host" } });
  await expect(failed).rejects.toThrow(/^REDIS_URL: must be redis:/);
  await expect(failed).rejects.not.toThrow(/secret/);
  const unused = await startServerBed({ env: { REDIS_URL: "nonsense" } });
  await unused.close();
});

test("while the database is down calls answer 503, and go on without a restart when it is back", async () => {
  const folder = await mkdtemp(join(tmpdir(), "turnpike-down-"));
  await chmod(folder, 0o755);
  const options = { dataDir: join(folder, "postgres"), settings: { fsync: "off" } };
  const postgres = await startPostgres(options);
  await prepareDatabase(postgres.url, "password");
  const bed = await startServerBed({ env: { DATABASE_URL: apiUrlOf(postgres.url, "password") } });
  const list = () => fetch(new URL("/trpc/products.list", bed.url));
  expect((await list()).status).toBe(200);
  await postgres.stop();
  const refused = await list();
  expect(refused.status).toBe(503);
  expect(refused.headers.get("retry-after")).toBe("2");
  expect(await refused.json()).toMatchObject({ error: { json: { data: { appCode: "core.unavailable" } } } });
  expect((await fetch(new URL("/readyz", bed.url))).status).toBe(503);
  expect((await fetch(new URL("/healthz", bed.url))).status).toBe(200);
  const again = await startPostgres({ ...options, port: postgres.port });
  await vi.waitFor(async () => expect((await list()).status).toBe(200), { timeout: 10_000 });
  await bed.close();
  await again.stop();
  await rm(folder, { recursive: true, force: true });
});
