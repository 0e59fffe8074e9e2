import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { startStripe } from "../src/index.ts";
import { makePrice, makeSession, payPage, sdkFor, startBench, type Bench } from "./fixture.ts";
import { startReceiver } from "./receiver.ts";

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function bench(options: Parameters<typeof startBench>[0] = {}): Promise<Bench> {
  const started = await startBench(options);
  cleanups.push(() => started.stop());
  return started;
}

async function sim(here: Pick<Bench, "local">, path: string, body: unknown = {}): Promise<unknown> {
  const response = await fetch(`${here.local.url}/_sim/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return response.json();
}

test("a delivery that fails comes again with the same bytes and a fresh signature until it is taken", async () => {
  const here = await bench();
  here.receiver.answers.push(500, 302);
  await here.stripe.customers.create({ name: "Ada" });
  await here.local.deliveriesIdle();
  const { requests } = here.receiver;
  expect(requests).toHaveLength(3);
  expect(new Set(requests.map((request) => request.body)).size).toBe(1);
  expect(here.receiver.types()).toEqual(["customer.created"]);
});

test("a delivery that always fails ends after the schedule and is listed as failed", async () => {
  const here = await bench({ retryScheduleMs: [1, 1] });
  here.receiver.answers.push(500, 500, 500, 500);
  await here.stripe.customers.create({});
  await here.local.deliveriesIdle();
  const log: unknown = await (await fetch(`${here.local.url}/_sim/deliveries`)).json();
  expect(log).toMatchObject({
    deliveries: [{ eventType: "customer.created", status: "failed", attempts: 3, responseStatus: 500 }],
  });
});

test("an event can be sent again, with the same id", async () => {
  const here = await bench();
  await here.stripe.customers.create({});
  await here.local.deliveriesIdle();
  const [event] = here.receiver.events;
  expect(await sim(here, `events/${event?.id}/redeliver`)).toEqual({ queued: 1 });
  await here.local.deliveriesIdle();
  expect(here.receiver.events.map((received) => received.id)).toEqual([event?.id, event?.id]);
});

test("paused deliveries wait, doubled ones come twice", async () => {
  const here = await bench();
  await sim(here, "delivery", { paused: true, duplicate: true });
  await here.stripe.customers.create({});
  expect(here.receiver.events).toHaveLength(0);
  await sim(here, "delivery", { paused: false });
  await here.local.deliveriesIdle();
  expect(here.receiver.types()).toEqual(["customer.created", "customer.created"]);
});

test("shuffled deliveries all come, and a delay keeps them back until it is over", async () => {
  const here = await bench();
  await sim(here, "delivery", { paused: true, shuffle: true });
  for (let count = 0; count < 40; count += 1) await here.stripe.products.create({ name: `Product ${count}` });
  await sim(here, "delivery", { paused: false });
  await here.local.deliveriesIdle();
  const names = here.receiver.events.map((event) => (event.type === "product.created" ? event.data.object.name : ""));
  expect(names).toHaveLength(40);
  expect(names).not.toEqual(Array.from({ length: 40 }, (_, count) => `Product ${count}`));
  expect(new Set(names).size).toBe(40);
  await sim(here, "delivery", { delayMs: 60_000 });
  await here.stripe.customers.create({});
  const log: unknown = await (await fetch(`${here.local.url}/_sim/deliveries`)).json();
  expect(log).toMatchObject({
    deliveries: expect.arrayContaining([
      expect.objectContaining({ eventType: "customer.created", status: "pending", attempts: 0 }),
    ]),
  });
});

test("each endpoint gets the events it asked for, signed with its own secret shown once", async () => {
  const here = await bench();
  const other = await startReceiver();
  cleanups.push(() => other.stop());
  const endpoint = await here.stripe.webhookEndpoints.create({ url: other.url, enabled_events: ["product.created"] });
  expect(endpoint.secret).toMatch(/^whsec_/);
  other.secret = endpoint.secret ?? "";
  expect((await here.stripe.webhookEndpoints.retrieve(endpoint.id)).secret).toBeUndefined();
  await here.stripe.customers.create({});
  await here.stripe.products.create({ name: "Pro" });
  await here.local.deliveriesIdle();
  expect(other.events).toMatchObject([{ type: "product.created", api_version: endpoint.api_version }]);
  expect(here.receiver.types()).toEqual(["customer.created", "product.created"]);
  await here.stripe.webhookEndpoints.del(endpoint.id);
  await here.stripe.products.create({ name: "Team" });
  await here.local.deliveriesIdle();
  expect(other.requests).toHaveLength(1);
});

test("with a redirect delay the webhook comes before the person does", async () => {
  const here = await bench({ redirectDelayMs: 400 });
  const session = await makeSession(here.stripe, (await makePrice(here.stripe)).id);
  const answer = await payPage(here.local, session.id);
  expect(answer.status).toBe(303);
  expect(here.receiver.types()).toContain("checkout.session.completed");
});

test("kill -9 with a delivery pending: the state is whole and the delivery goes on after the start", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "local-stripe-"));
  cleanups.push(() => rm(dataDir, { recursive: true, force: true }));
  const receiver = await startReceiver();
  cleanups.push(() => receiver.stop());
  const webhook = { url: receiver.url, secret: receiver.secret };
  receiver.answers.push(503, 503, 503, 503, 503, 503, 503, 503);
  const child = fork(join(import.meta.dirname, "fixtures/child.ts"), [
    JSON.stringify({ dataDir, webhook, retryScheduleMs: [60_000] }),
  ]);
  const [message]: unknown[] = await once(child, "message");
  const { url, secretKey } = parseStarted(message);
  const customer = await sdkFor({ url, secretKey }).customers.create({ email: "ada@example.com" });
  child.kill("SIGKILL");
  await once(child, "exit");

  receiver.answers.length = 0;
  const again = await startStripe({ dataDir, webhook, retryScheduleMs: [1] });
  cleanups.push(() => again.stop());
  expect(again.secretKey).toBe(secretKey);
  expect(await sdkFor(again).customers.retrieve(customer.id)).toMatchObject({ email: "ada@example.com" });
  await hurryDeliveries(again.url);
  await again.deliveriesIdle();
  expect(receiver.types()).toEqual(["customer.created"]);
  expect((await sdkFor(again).webhookEndpoints.list()).data).toHaveLength(1);
});

test("a data folder serves one server at a time", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "local-stripe-"));
  cleanups.push(() => rm(dataDir, { recursive: true, force: true }));
  const first = await startStripe({ dataDir });
  await expect(startStripe({ dataDir })).rejects.toThrow("Another local Stripe uses");
  await first.stop();
  const second = await startStripe({ dataDir });
  expect(second.secretKey).toBe(first.secretKey);
  await second.stop();
});

/** What was to be tried again in a minute is tried now. */
async function hurryDeliveries(url: string): Promise<void> {
  await fetch(`${url}/_sim/deliveries/retry`, { method: "POST" });
}

function parseStarted(message: unknown): { url: string; secretKey: string } {
  if (typeof message !== "object" || message === null || !("url" in message) || !("secretKey" in message))
    throw new Error("no start message");
  return { url: String(message.url), secretKey: String(message.secretKey) };
}
