import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openDatabase } from "@turnpike/database";
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

test("requests and jobs reach PostgreSQL as turnpike_api only; as the owner there is one connection, which listens", async () => {
  if (!cluster) throw new Error("no cluster runs");
  const database = openDatabase({ url: cluster.ownerUrl, max: 1, applicationName: "this test" });
  const { rows } = await database.query(`
    select usename::text as role, application_name as name, count(*)::int from pg_stat_activity
    where usename = 'postgres' and application_name not in ('turnpike-local-auth', 'this test') and datname is not null
    group by 1, 2`);
  await database.close();
  expect(rows).toEqual([{ role: "postgres", name: "turnpike-wake-ups", count: 1 }]);
  const said = cluster.workers.flatMap(({ lines }) => lines);
  expect(said.filter((line) => line.includes("jobs.wake_ups_lost"))).toEqual([]);
});
