import { randomUUID } from "node:crypto";
import { request } from "node:http";
import Stripe from "stripe";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { z } from "zod";
import type { ServerProcess } from "@turnpike/testing";
import { startKillableServer } from "./killable-server.ts";
import type { Parts } from "./server-bed.ts";
import { startParts } from "./server-bed.ts";

/** Stands for every secret: it may come in anywhere and come out nowhere. */
const canary = `c4n4ry${randomUUID().replaceAll("-", "")}`;
const pino = { info: 30, warn: 40, error: 50 };
const Line = z.looseObject({ level: z.number(), msg: z.string(), requestId: z.string().optional() });
type Line = z.output<typeof Line>;

let parts: Parts;
let server: ServerProcess;
beforeAll(async () => {
  parts = await startParts();
  server = await startKillableServer({ ...parts.variables, LOG_LEVEL: "debug" });
});
afterAll(async () => {
  await server.terminate();
  await parts.close();
});

interface Call {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

/** Sends a request with an id of its own, and resolves with the lines that carry it, debug ones left out. */
async function linesOf(path: string, { method = "GET", headers = {}, body }: Call = {}): Promise<Line[]> {
  const requestId = randomUUID();
  await send(path, { method, headers: { ...headers, "x-request-id": requestId }, ...(body !== undefined && { body }) });
  const found = (): Line[] =>
    server.lines
      .map((line) => Line.parse(JSON.parse(line)))
      .filter((line) => line.requestId === requestId && line.level >= pino.info);
  await vi.waitFor(() => expect(found()).not.toEqual([]));
  return found();
}

/** By node:http, which sends a path as it is given. */
function send(path: string, { method, headers, body }: Call): Promise<void> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(server.url);
    const call = request({ hostname, port, path, method, headers, agent: false }, (response) =>
      response.resume().once("end", () => resolve()),
    );
    call.once("error", reject);
    call.end(body);
  });
}

const json = { "content-type": "application/json" };
const post = (input: unknown): Call => ({ method: "POST", headers: json, body: JSON.stringify({ json: input }) });

const delivery = (): string =>
  JSON.stringify({
    id: `evt_${randomUUID()}`,
    object: "event",
    type: "customer.updated",
    created: 1_700_000_000,
    livemode: false,
    data: { object: { object: "customer", id: "cus_1", email: `${canary}@example.com`, name: canary } },
  });
const signed = (payload: string, secret = parts.variables["STRIPE_WEBHOOK_SECRET"] ?? ""): Call => ({
  method: "POST",
  headers: { "stripe-signature": Stripe.webhooks.generateTestHeaderString({ payload, secret }) },
  body: payload,
});

const email = `${canary}@example.com`;
const calls: [name: string, path: string, call: () => Call][] = [
  ["a sign-up", "/trpc/auth.signUp", () => post({ email, password: canary, fullName: canary })],
  ["a wrong password", "/trpc/auth.signIn", () => post({ email, password: canary })],
  ["a stale refresh token", "/trpc/auth.refresh", () => post({ refreshToken: canary })],
  ["a reset with a wrong token", "/trpc/auth.resetPassword", () => post({ tokenHash: canary, newPassword: canary })],
  ["an input of another kind", "/trpc/auth.signIn", () => post({ email: [canary], password: { [canary]: canary } })],
  [
    "a body that is no JSON",
    "/trpc/auth.signIn",
    () => ({ method: "POST", headers: json, body: `{"json":"${canary}` }),
  ],
  ["a form", "/trpc/auth.signIn", () => ({ method: "POST", body: `password=${canary}` })],
  ["a secret in the address", `/trpc/auth.signIn?input=${canary}`, () => ({})],
  ["a token that is none", "/trpc/auth.me", () => ({ headers: { authorization: `Bearer ${canary}` } })],
  [
    "a password in a header",
    "/trpc/auth.me",
    () => ({ headers: { authorization: `Basic ${canary}`, cookie: canary } }),
  ],
  ["a route with a token in it", `/api/mail/open/${canary}?token=${canary}`, () => ({})],
  ["a delivery of Stripe", "/api/webhooks/stripe", () => signed(delivery())],
  ["a delivery with a wrong signature", "/api/webhooks/stripe", () => signed(delivery(), canary)],
  ["a delivery that is no event", "/api/webhooks/stripe", () => signed(`{"id":"${canary}"}`)],
];

test.each(calls)("of %s one line or more tells, each with its request, and no secret", async (_name, path, call) => {
  for (const line of await linesOf(path, call())) expect(line.msg).toMatch(/^[a-z]+\.[a-z_]+$/);
  expect(server.lines.join("\n")).not.toContain(canary);
});

test("a call is one line, and so is a delivery, a page and what is not there", async () => {
  const payload = delivery();
  expect(await linesOf("/trpc/products.list")).toEqual([
    expect.objectContaining({ msg: "trpc.call", path: "products.list", type: "query", actor: "anonymous" }),
  ]);
  expect(await linesOf("/api/webhooks/stripe", signed(payload))).toEqual([
    expect.objectContaining({ msg: "http.request", route: "/api/webhooks/stripe", method: "POST", status: 200 }),
  ]);
  expect(await linesOf("/docs")).toEqual([
    expect.objectContaining({ msg: "http.request", route: "/docs", status: 200 }),
  ]);
  expect(await linesOf("/nothing/here")).toEqual([
    expect.objectContaining({ msg: "http.request", route: "unmatched", status: 404 }),
  ]);
});

test("what a caller got wrong is no error of ours", async () => {
  for (const path of ["/trpc/auth.me", "/trpc/auth.nothing", "/trpc/auth.signOut", "/nothing"]) {
    for (const { level } of await linesOf(path)) expect(level).toBe(pino.info);
  }
});

test("a path with line breaks and quotes in it makes one line that can be read", async () => {
  const [line] = await linesOf('/trpc/a%0a%7b%22level%22%3a50%7d%22b%2fc"d');
  expect(line).toMatchObject({ msg: "trpc.rejected", appCode: "core.not_found" });
  for (const text of server.lines) expect(() => Line.parse(JSON.parse(text))).not.toThrow();
});

test("being asked how it does is not told", async () => {
  const before = server.lines.length;
  for (const path of ["/healthz", "/readyz"]) await send(path, { method: "GET" });
  await linesOf("/trpc/products.list");
  expect(server.lines.slice(before).filter((line) => line.includes("http.request"))).toEqual([]);
});
