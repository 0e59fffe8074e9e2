import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { createClient } from "@supabase/supabase-js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { PASSWORD, createConfirmed } from "./support/accounts.ts";
import { type Project, SITE, startProject } from "./support/start-project.ts";

const Served = z.object({ url: z.string(), anonKey: z.string() });
const children: ChildProcess[] = [];
let project: Project;
beforeAll(async () => {
  project = await startProject();
});
afterAll(async () => {
  for (const child of children) child.kill("SIGKILL");
  await project.stop();
});

async function serve(port: number) {
  const script = fileURLToPath(new URL("support/serve.ts", import.meta.url));
  const options = [project.databaseUrl, project.dataDir, project.inbox.smtpUrl, SITE, String(port)];
  const child = spawn(process.execPath, [script, ...options], { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  const [line]: unknown[] = await once(createInterface({ input: child.stdout }), "line");
  return { child, ...Served.parse(JSON.parse(String(line))) };
}

test("after kill -9 the next process serves the same keys, sessions and refresh tokens at the same address", async () => {
  const { email } = await createConfirmed(project);
  const first = await serve(0);
  const settings = { auth: { persistSession: false, autoRefreshToken: false } };
  const client = createClient(first.url, first.anonKey, settings);
  const { data } = await client.auth.signInWithPassword({ email, password: PASSWORD });
  const refreshed = await client.auth.refreshSession();
  const exited = once(first.child, "exit");
  first.child.kill("SIGKILL");
  await exited;

  const second = await serve(Number(new URL(first.url).port));
  expect([second.url, second.anonKey]).toEqual([first.url, first.anonKey]);
  expect((await client.auth.getUser()).data.user?.email).toBe(email);
  // The client lost the answer of its last refresh in the crash and asks again with the older token.
  const again = await client.auth.refreshSession({ refresh_token: data.session?.refresh_token ?? "" });
  expect(again.data.session?.refresh_token).toBe(refreshed.data.session?.refresh_token);
});
