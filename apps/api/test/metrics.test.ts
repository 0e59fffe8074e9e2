import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import Stripe from "stripe";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readMetrics, valueOf } from "./metric-text.ts";
import type { MetricSample } from "./metric-text.ts";
import type { ServerBed } from "./server-bed.ts";
import { startServerBed } from "./server-bed.ts";

const token = "a token of operators";
const metricsToken = token.replaceAll(" ", "-");
let bed: ServerBed;
beforeAll(async () => {
  bed = await startServerBed({ env: { METRICS_TOKEN: metricsToken } });
});
afterAll(() => bed.close());

const ask = (authorization?: string) =>
  fetch(new URL("/metrics", bed.url), authorization === undefined ? {} : { headers: { authorization } });

async function scrape(): Promise<MetricSample[]> {
  const response = await ask(`Bearer ${metricsToken}`);
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
  return readMetrics(await response.text());
}

/** How much a sample grew while something was done. */
async function growth(name: string, labels: Record<string, string>, work: () => Promise<unknown>): Promise<number> {
  const before = valueOf(await scrape(), name, labels) ?? 0;
  await work();
  return (valueOf(await scrape(), name, labels) ?? 0) - before;
}

const get = async (path: string): Promise<number> => {
  const response = await fetch(new URL(path, bed.url));
  await response.arrayBuffer();
  return response.status;
};

async function deliver(body: string, secret: string): Promise<number> {
  const headers = { "stripe-signature": Stripe.webhooks.generateTestHeaderString({ payload: body, secret }) };
  const response = await fetch(new URL("/api/webhooks/stripe", bed.url), { method: "POST", headers, body });
  await response.arrayBuffer();
  return response.status;
}

test.each([
  ["nothing", undefined],
  ["another token", "Bearer a-token-of-operatorz"],
  ["the token's beginning", "Bearer a-token"],
  ["the token in another scheme", `Basic ${metricsToken}`],
])("/metrics for whoever brings %s is a bare 401", async (_name, authorization) => {
  const response = await ask(authorization);
  expect(response.status).toBe(401);
  expect(response.headers.get("www-authenticate")).toMatch(/^Bearer/);
  expect(await response.text()).toBe("");
});

test("calls are counted by procedure and outcome, each of a batch for itself", async () => {
  const batch = () => get("/trpc/products.list,products.list,products.features.list?batch=1");
  expect(await growth("turnpike_calls_total", { procedure: "products.list", outcome: "ok" }, batch)).toBe(2);
  const refused = { procedure: "products.features.list", type: "query", outcome: "unauthenticated" };
  expect(await growth("turnpike_calls_total", refused, batch)).toBe(1);
  expect(await growth("turnpike_call_duration_seconds_count", { procedure: "products.list" }, batch)).toBe(2);
});

test("what reaches no procedure is counted as unknown, and its path becomes no label", async () => {
  const path = `/trpc/nobody.${randomUUID().replaceAll("-", "")}`;
  const unknown = { procedure: "unknown", outcome: "not_found" };
  expect(await growth("turnpike_calls_total", unknown, () => get(path))).toBe(1);
  const other = { route: "unmatched", method: "GET", status: "404" };
  expect(await growth("turnpike_http_requests_total", other, () => get(`/${randomUUID()}`))).toBe(1);
  const text = JSON.stringify(await scrape());
  expect(text).not.toContain("nobody");
  expect(text).not.toMatch(/[\da-f]{8}-?[\da-f]{4}-?4[\da-f]{3}/);
});

test("deliveries of Stripe are counted by what became of them", async () => {
  const secret = bed.env.STRIPE_WEBHOOK_SECRET[0] ?? "";
  const object = { object: "plan", id: "plan_1" };
  const head = { id: `evt_${randomUUID()}`, object: "event", type: "plan.created", created: 1, livemode: false };
  const body = JSON.stringify({ ...head, data: { object } });
  const name = "turnpike_webhooks_deliveries_total";
  expect(await growth(name, { outcome: "stored" }, () => deliver(body, secret))).toBe(1);
  expect(await growth(name, { outcome: "already_stored" }, () => deliver(body, secret))).toBe(1);
  expect(await growth(name, { outcome: "refused" }, () => deliver(body, "whsec_of_a_stranger"))).toBe(1);
  expect(valueOf(await scrape(), name, { outcome: "not_stored" })).toBe(0);
  const answered = { route: "/api/webhooks/stripe", method: "POST", status: "200" };
  expect(await growth("turnpike_http_requests_total", answered, () => deliver(body, secret))).toBe(1);
});

test("a scrape tells of the pool, the inbox, jobs, the event loop, what it stands on and what runs", async () => {
  const samples = await scrape();
  const [main = 0, jobs = 0] = ["main", "jobs"].map((pool) =>
    valueOf(samples, "turnpike_pool_max_connections", { pool }),
  );
  expect(main + jobs).toBe(bed.env.DATABASE_POOL_MAX);
  expect(valueOf(samples, "turnpike_pool_waiting", { pool: "main" })).toBe(0);
  expect(valueOf(samples, "turnpike_webhooks_dead")).toBe(0);
  expect(valueOf(samples, "turnpike_webhooks_lag_seconds")).toBe(0);
  expect(valueOf(samples, "turnpike_jobs_lag_seconds", { queue: "webhooks.process" })).toEqual(expect.any(Number));
  expect(valueOf(samples, "turnpike_jobs_dead_letters", { queue: "webhooks.process" })).toBe(0);
  expect(valueOf(samples, "nodejs_eventloop_lag_p99_seconds")).toBeGreaterThan(0);
  for (const dependency of ["database", "jobs", "stripe"])
    expect(valueOf(samples, "turnpike_dependency_up", { dependency })).toBe(1);
  expect(valueOf(samples, "turnpike_dependency_up", { dependency: "redis" })).toBeUndefined();
  expect(valueOf(samples, "turnpike_build_info", { role: "all" })).toBe(1);
  expect(samples.filter(({ name }) => name === "turnpike_scrape_errors_total").map(({ value }) => value)).toEqual(
    expect.not.arrayContaining([1]),
  );
});

test("the guide for operators names every metric of ours, and none that is not there", async () => {
  const guide = await readFile(new URL("../../../docs/operations.md", import.meta.url), "utf8");
  const named = new Set(guide.match(/\bturnpike_(?!api\b)[a-z_]+/g));
  const text = await (await ask(`Bearer ${metricsToken}`)).text();
  const there = new Set([...text.matchAll(/^# TYPE (turnpike_\w+)/gm)].map(([, name = ""]) => name));
  expect([...named].toSorted()).toEqual([...there].toSorted());
});
