import { readFile, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startSupabase } from "../src/index.ts";
import { createConfirmed, signIn } from "./support/accounts.ts";
import { raw } from "./support/raw-request.ts";
import { type Project, SITE, startProject } from "./support/start-project.ts";

let project: Project;
beforeAll(async () => {
  project = await startProject();
});
afterAll(() => project.stop());

function options() {
  const { databaseUrl, dataDir, inbox } = project;
  return { databaseUrl, dataDir, smtpUrl: inbox.smtpUrl, siteUrl: SITE };
}

test("keys and sessions outlive a restart, and the key file is private", async () => {
  const { email } = await createConfirmed(project);
  const { session } = await signIn(project, email);
  const { anonKey, serviceKey } = project.supabase;
  await project.restart();
  expect([project.supabase.anonKey, project.supabase.serviceKey]).toEqual([anonKey, serviceKey]);
  const headers = { authorization: `Bearer ${session.access_token}` };
  expect((await raw(project, "GET", "/user", { headers })).status).toBe(200);
  const refresh = await project.client().auth.refreshSession({ refresh_token: session.refresh_token });
  expect(refresh.error).toBeNull();
  expect((await stat(join(project.dataDir, "supabase-keys.json"))).mode & 0o777).toBe(0o600);
});

test("a damaged key file is named and left as it is", async () => {
  const dataDir = join(project.dataDir, "damaged");
  await (await startSupabase({ ...options(), dataDir })).stop();
  const path = join(dataDir, "supabase-keys.json");
  await writeFile(path, "{");
  await expect(startSupabase({ ...options(), dataDir })).rejects.toThrow(path);
  expect(await readFile(path, "utf8")).toBe("{");
});

test("a port that is taken is passed over for the next free one", async () => {
  const blocker = createServer();
  const port = await new Promise<number>((resolve) => {
    blocker.listen(0, "127.0.0.1", () => {
      const address = blocker.address();
      resolve(address !== null && typeof address === "object" ? address.port : 0);
    });
  });
  const supabase = await startSupabase({ ...options(), port });
  expect(Number(new URL(supabase.url).port)).toBeGreaterThan(port);
  expect(supabase.issuer).toBe(`${supabase.url}/auth/v1`);
  await supabase.stop();
  await new Promise((resolve) => blocker.close(resolve));
});

test("wrong options are all named", async () => {
  const wrong = { ...options(), databaseUrl: "mysql://x", smtpUrl: "x", issueTokensForSec: 0 };
  const failure = startSupabase(wrong).catch((error: unknown) => String(error));
  for (const name of ["databaseUrl", "smtpUrl", "issueTokensForSec"]) expect(await failure).toContain(name);
});

test("it refuses production", async () => {
  vi.stubEnv("NODE_ENV", "production");
  await expect(startSupabase(options())).rejects.toThrow(/NODE_ENV=production/);
  vi.unstubAllEnvs();
});

test("lost connections and a failing database are a 500 without details at most, and pass without a restart", async () => {
  const { email } = await createConfirmed(project);
  await project.sql.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'turnpike-local-auth'",
  );
  await project.sql.query("alter table auth.users rename to users_away");
  const away = await raw(project, "POST", "/token?grant_type=password", { body: { email, password: "x" } });
  expect(away).toMatchObject({ status: 500, json: { error_code: "unexpected_failure" } });
  expect(away.text).not.toMatch(/relation|select/);
  await project.sql.query("alter table auth.users_away rename to users");
  await signIn(project, email);
});
