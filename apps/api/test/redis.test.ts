import { randomUUID } from "node:crypto";
import Stripe from "stripe";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { systemIdentity } from "@turnpike/core";
import { hasSystemRedis, noRedisReason, startSystemRedis } from "@turnpike/testing";
import type { SystemRedis } from "@turnpike/testing";
import type { ServerBed } from "./server-bed.ts";
import { startServerBed } from "./server-bed.ts";

const onRedis = { CACHE_PROVIDER: "redis", RATE_LIMIT_PROVIDER: "redis", EVENT_BUS_PROVIDER: "redis" };
let server: SystemRedis | undefined;
let bed: ServerBed;

beforeAll(async () => {
  if (await hasSystemRedis()) server = await startSystemRedis();
  if (server) bed = await startServerBed({ env: { ...onRedis, REDIS_URL: server.url } });
});
beforeEach((ctx) => {
  if (!server) ctx.skip(noRedisReason);
});
afterEach(() => server?.restart());
afterAll(async () => {
  if (server) await bed.close();
  await server?.stop();
});

function redis(): SystemRedis {
  if (!server) throw new Error("no Redis runs");
  return server;
}

async function ready(): Promise<unknown> {
  const response = await fetch(new URL("/readyz", bed.url));
  expect(response.status).toBe(200);
  return response.json();
}
const isReady = (state: "up" | "degraded") =>
  vi.waitFor(async () => expect(await ready()).toMatchObject({ redis: state }), { timeout: 15_000, interval: 50 });

async function signIn(email: string): Promise<number> {
  const response = await fetch(new URL("/trpc/auth.signIn", bed.url), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ json: { email, password: "not the password" } }),
  });
  await response.arrayBuffer();
  return response.status;
}

/** Delivers one event, signed, as often as asked at the same time. */
async function deliver(id: string, times: number): Promise<number[]> {
  const event = {
    id,
    object: "event",
    type: "plan.created",
    created: 1,
    livemode: false,
    data: { object: { id: "p" } },
  };
  const payload = JSON.stringify(event);
  const secret = bed.env.STRIPE_WEBHOOK_SECRET[0] ?? "";
  const send = async (): Promise<number> => {
    const headers = { "stripe-signature": Stripe.webhooks.generateTestHeaderString({ payload, secret }) };
    const response = await fetch(new URL("/api/webhooks/stripe", bed.url), { method: "POST", headers, body: payload });
    await response.arrayBuffer();
    return response.status;
  };
  return Promise.all(Array.from({ length: times }, send));
}

const stored = (ids: string[]) =>
  bed.server.deps.database.transaction(systemIdentity, (db) =>
    db.selectFrom("private.webhook_inbox").select("event_id").where("event_id", "in", ids).execute(),
  );

test("ready says that Redis is up, degraded while it is away, and up again", async () => {
  await isReady("up");
  await redis().kill();
  await isReady("degraded");
  await redis().restart();
  await isReady("up");
});

test("while Redis is away calls are answered, and guessing passwords is still limited", async () => {
  await redis().kill();
  await isReady("degraded");
  expect((await fetch(new URL("/trpc/products.list", bed.url))).status).toBe(200);
  const email = `${randomUUID()}@guess.test`;
  const answers: number[] = [];
  for (let time = 0; time < 40; time += 1) answers.push(await signIn(email));
  expect(answers[0]).toBe(401);
  expect(answers.at(-1)).toBe(429);
});

test("deliveries of Stripe are stored once each, Redis there, frozen, gone or back", async () => {
  const ids: string[] = [];
  const round = async (): Promise<void> => {
    const id = `evt_${randomUUID()}`;
    ids.push(id);
    expect(await deliver(id, 3)).toEqual([200, 200, 200]);
  };
  const states = [
    () => isReady("up"),
    () => redis().command("CLIENT PAUSE 800 ALL"),
    () => redis().kill(),
    () => redis().restart(),
    () => isReady("up"),
  ];
  for (const enter of states) {
    await enter();
    await round();
    await round();
  }
  expect((await stored(ids)).map(({ event_id }) => event_id).toSorted()).toEqual(ids.toSorted());
});
