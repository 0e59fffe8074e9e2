import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Cluster } from "@turnpike/testing";
import { missing, startClusterBed } from "./cluster-bed.ts";
import { runScripts } from "./run-script.ts";

let cluster: Cluster | undefined;
beforeAll(async () => {
  if (!missing) cluster = await startClusterBed();
});
beforeEach((ctx) => {
  if (missing) ctx.skip(missing);
});
afterAll(() => cluster?.close());

test("the demo's story runs against two web processes and a worker, through a transaction pooler", async () => {
  if (!cluster) throw new Error("no cluster runs");
  const said = await runScripts(cluster, ["seed-demo-data.ts", "demo.ts"]);
  expect(said).toMatch(/let in.*granted[^]*access after the end.*refused[^]*done\n$/);
  expect(cluster.balancer.failures).toBe(0);
});
