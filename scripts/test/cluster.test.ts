import { existsSync } from "node:fs";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { missingForCluster } from "@turnpike/testing";
import { processesIn, startScript } from "./dev-process.ts";
import type { ScriptProcess } from "./dev-process.ts";

const missing = await missingForCluster();
let folder: string;
let cluster: ScriptProcess | undefined;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "turnpike-shown-"));
  // PostgreSQL and the pooler run as another user, and everything of theirs is in here.
  await chmod(folder, 0o755);
});
beforeEach((ctx) => {
  if (missing) ctx.skip(missing);
});
afterAll(async () => {
  cluster?.child.kill("SIGKILL");
  await cluster?.exited;
  for (const pid of await processesIn(folder)) process.kill(pid, "SIGKILL");
  await rm(folder, { recursive: true, force: true });
});

test("shows the production form, lets the demo run against it, and leaves nothing behind after Ctrl-C", async () => {
  cluster = startScript("cluster.ts", folder, [], { TMPDIR: folder });
  await cluster.printed("Ctrl-C stops everything");
  expect(cluster.output().match(/^ {2}(web|worker) \d+ /gm)).toHaveLength(3);
  const demo = startScript("demo.ts", folder);
  expect(await demo.exited).toEqual({ code: 0, signal: null });
  expect(demo.output()).toMatch(/access after the end.*refused/);
  // A terminal tells the whole group.
  process.kill(-cluster.pid, "SIGINT");
  expect(await cluster.exited).toEqual({ code: 0, signal: null });
  expect(existsSync(join(folder, ".turnpike/stack.json"))).toBe(false);
  await vi.waitFor(async () => expect(await processesIn(folder)).toEqual([]), { timeout: 20_000 });
}, 120_000);

test("says what to install where a service is missing", async () => {
  const alone = startScript("cluster.ts", folder, [], { PATH: "/nowhere" });
  expect((await alone.exited).code).toBe(1);
  expect(alone.output()).toContain("apt-get install redis-server");
});
