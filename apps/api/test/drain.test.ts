import { once } from "node:events";
import type { ClientRequest, IncomingMessage } from "node:http";
import { Agent, request } from "node:http";
import Stripe from "stripe";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { ServerProcess } from "@turnpike/testing";
import type { Bundle } from "./bundle-bed.ts";
import { makeBundle } from "./bundle-bed.ts";
import { startKillableServer } from "./killable-server.ts";
import type { Parts } from "./server-bed.ts";
import { startParts } from "./server-bed.ts";

let bundle: Bundle;
let parts: Parts;
let env: Record<string, string>;
beforeAll(async () => {
  [bundle, parts] = await Promise.all([makeBundle(), startParts()]);
  env = { ...parts.variables, NODE_ENV: "production", SINGLE_INSTANCE: "1", API_URL: parts.url };
});
afterAll(async () => {
  await parts.close();
  await bundle[Symbol.asyncDispose]();
});

/** A webhook whose second half is still to come. The server has taken it: it has asked for the body. */
async function beginWebhook(server: ServerProcess): Promise<{ call: ClientRequest; rest: string }> {
  const payload = JSON.stringify({
    id: `evt_${crypto.randomUUID()}`,
    object: "event",
    type: "plan.created",
    created: 1_700_000_000,
    livemode: false,
    data: { object: { object: "plan", id: "plan_1" } },
  });
  const secret = env["STRIPE_WEBHOOK_SECRET"] ?? "";
  const call = request(new URL("/api/webhooks/stripe", server.url), {
    method: "POST",
    agent: new Agent({ keepAlive: true }),
    headers: {
      "stripe-signature": Stripe.webhooks.generateTestHeaderString({ payload, secret }),
      "content-type": "application/json",
      "content-length": Buffer.byteLength(payload),
      expect: "100-continue",
    },
  });
  call.flushHeaders();
  await once(call, "continue");
  call.write(payload.slice(0, 20));
  return { call, rest: payload.slice(20) };
}

async function finish({ call, rest }: { call: ClientRequest; rest: string }): Promise<number | undefined> {
  const answer = new Promise<IncomingMessage>((resolve, reject) =>
    call.once("response", resolve).once("error", reject),
  );
  call.end(rest);
  const response = await answer;
  response.resume();
  await once(response, "end");
  return response.statusCode;
}

/** A new connection each time, as a balancer's probe or a new visitor makes one. */
async function probe(server: ServerProcess, path: string): Promise<number | string | undefined> {
  const call = request(new URL(path, server.url), { agent: false });
  const answer = new Promise<number | string | undefined>((resolve) => {
    call.once("response", (response) => resolve(response.resume().statusCode));
    call.once("error", (error) => resolve("code" in error ? String(error.code) : error.message));
  });
  call.end();
  return answer;
}

test("SIGTERM turns ready to 503, then refuses newcomers, finishes what runs, closes idle connections and ends with 0", async () => {
  const server = await startKillableServer(env, bundle.main);
  const begun = await beginWebhook(server);
  server.signal();
  await vi.waitFor(async () => expect(await probe(server, "/readyz")).toBe(503));
  expect(await probe(server, "/trpc/products.list")).toBe(200);
  await vi.waitFor(async () => expect(await probe(server, "/healthz")).toBe("ECONNREFUSED"), { timeout: 10_000 });
  expect(await finish(begun)).toBe(200);
  const answeredAt = performance.now();
  expect(await server.ended).toBe(0);
  expect(performance.now() - answeredAt).toBeLessThan(10_000);
});

test("a second signal ends at once, whatever still runs", async () => {
  const server = await startKillableServer(env, bundle.main);
  const { call } = await beginWebhook(server);
  const cut = once(call, "error");
  server.signal();
  await vi.waitFor(async () => expect(await probe(server, "/readyz")).toBe(503));
  server.signal();
  expect(await server.ended).toBe(1);
  await cut;
});
