import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { z } from "zod";
import { createClient } from "@turnpike/client";
import type { ClientOptions, StreamedEvent, TurnpikeError } from "@turnpike/client";
import { createCtx, defineEvents, newId } from "@turnpike/core";
import { readMetrics, valueOf } from "./metric-text.ts";
import type { ServerBed } from "./server-bed.ts";
import { startServerBed } from "./server-bed.ts";

const tokenSec = 3;
const metricsToken = "for-whoever-reads-metrics";
const garden = defineEvents("garden", { planted: z.object({ organizationId: z.uuid(), tree: z.number() }) });

let bed: ServerBed;
beforeAll(async () => {
  bed = await startServerBed({
    env: { METRICS_TOKEN: metricsToken },
    supabase: { autoconfirm: true, issueTokensForSec: tokenSec },
  });
});
afterAll(() => bed.close());

/** Somebody new, with a session that is renewed whenever its token is asked for. */
async function signUp() {
  const api = createClient({ url: bed.url });
  const account = { email: `${randomUUID()}@example.test`, password: "long enough 1", fullName: "Ada" };
  const result = await api.auth.signUp.mutate(account);
  if (result.status !== "signed_in") throw new Error("the bed confirms by itself");
  let { session } = result;
  const tokens: string[] = [];
  const getToken = async (): Promise<string> => {
    if (tokens.length > 0) session = (await api.auth.refresh.mutate({ refreshToken: session.refreshToken })).session;
    tokens.push(session.accessToken);
    return session.accessToken;
  };
  const own = createClient({ url: bed.url, getToken: () => session.accessToken });
  const { items } = await own.organizations.list.query();
  return { getToken, tokens, organizationId: items[0]?.id ?? "" };
}

function plant(organizationId: string, tree: number): Promise<string> {
  const actor = { type: "system", job: "test" } as const;
  return createCtx(bed.server.deps, actor, { requestId: newId() }).tx((tx) =>
    tx.emit(garden.planted, { organizationId, tree }),
  );
}

/** Follows the stream; `events` grows. */
async function follow(options: Partial<ClientOptions>) {
  const events: StreamedEvent[] = [];
  const started = Promise.withResolvers<void>();
  const refused = Promise.withResolvers<TurnpikeError>();
  const running = createClient({ url: bed.url, ...options }).events.stream.subscribe(undefined, {
    onData: (event) => void events.push(event),
    onStarted: started.resolve,
    onError: refused.resolve,
  });
  await Promise.race([started.promise, refused.promise]);
  return { events, refused: refused.promise, leave: () => running.unsubscribe() };
}

const trees = (events: StreamedEvent[]) => events.map(({ data }) => data["tree"]);

test("a thousand events of many transactions at once arrive in order, once each, over a connection that breaks all the time", async () => {
  const { getToken, organizationId } = await signUp();
  const cuts: AbortController[] = [];
  const fetch: typeof globalThis.fetch = (input, init) => {
    const cut = new AbortController();
    cuts.push(cut);
    return globalThis.fetch(input, {
      ...init,
      signal: AbortSignal.any([cut.signal, ...(init?.signal ? [init.signal] : [])]),
    });
  };
  const stream = await follow({ getToken, fetch });
  const planted = new Map<number, string>();
  const planter = async (first: number): Promise<void> => {
    for (let tree = first; tree < 1000; tree += 8) planted.set(tree, await plant(organizationId, tree));
  };
  const planting = Promise.all(Array.from({ length: 8 }, (_, first) => planter(first)));
  let broken = 0;
  const breaking = setInterval(() => {
    if (stream.events.length < broken * 90) return;
    broken += 1;
    cuts.at(-1)?.abort();
  }, 5);
  await planting;
  await vi.waitFor(() => expect(stream.events.length).toBeGreaterThanOrEqual(1000), { timeout: 60_000 });
  clearInterval(breaking);
  stream.leave();
  const rows = await bed.server.deps.database.transaction({ role: "service_role", claims: {} }, (db) =>
    db
      .selectFrom("private.events")
      .select("id")
      .where("organization_id", "=", organizationId)
      .orderBy("sequence")
      .execute(),
  );
  expect(stream.events.map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
  expect(new Set(trees(stream.events)).size).toBe(1000);
  expect(cuts.length).toBeGreaterThan(10);
}, 90_000);

test("when the token runs out the client comes again with a new one, and misses nothing", async () => {
  const { getToken, tokens, organizationId } = await signUp();
  const stream = await follow({ getToken });
  await plant(organizationId, 1);
  await vi.waitFor(() => expect(tokens.length).toBe(2), { timeout: 10_000 });
  await plant(organizationId, 2);
  await vi.waitFor(() => expect(trees(stream.events)).toEqual([1, 2]), { timeout: 5000 });
  stream.leave();
  expect(new Set(tokens).size).toBe(tokens.length);
}, 30_000);

test("operators see how many streams are open", async () => {
  const { getToken } = await signUp();
  const streams = [await follow({ getToken }), await follow({ getToken })];
  const open = async (): Promise<number | undefined> => {
    const headers = { authorization: `Bearer ${metricsToken}` };
    const response = await fetch(new URL("/metrics", bed.url), { headers });
    return valueOf(readMetrics(await response.text()), "turnpike_events_open_streams", {});
  };
  const isNow = (count: number) => vi.waitFor(async () => expect(await open()).toBe(count), { timeout: 20_000 });
  await isNow(2);
  for (const stream of streams) stream.leave();
  await isNow(0);
}, 60_000);

test("whoever may not read is told so and does not come again: a visitor, a bad token, a stranger to the organization", async () => {
  const { getToken } = await signUp();
  const { organizationId: foreign } = await signUp();
  expect(await (await follow({})).refused).toMatchObject({ status: 401, appCode: "core.unauthenticated" });
  const forged = await follow({ getToken: () => "not.a.token" });
  expect(await forged.refused).toMatchObject({ status: 401, appCode: "core.unauthenticated" });
  const stranger = await follow({ getToken, organization: foreign });
  expect(await stranger.refused).toMatchObject({ status: 404, appCode: "core.not_found" });
});

test("the answer is an event stream that no proxy keeps back, and a browser of another origin may resume", async () => {
  const { getToken } = await signUp();
  const leaving = new AbortController();
  const url = new URL("/trpc/events.stream", bed.url);
  const headers = { authorization: `Bearer ${await getToken()}`, origin: "http://app.test" };
  const response = await fetch(url, { headers, signal: leaving.signal });
  expect(response.status).toBe(200);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    "content-type": "text/event-stream",
    "cache-control": "no-cache, no-transform",
    "x-accel-buffering": "no",
    "access-control-allow-origin": "http://app.test",
  });
  leaving.abort();
  const preflight = await fetch(url, {
    method: "OPTIONS",
    headers: { origin: "http://app.test", "access-control-request-method": "GET" },
  });
  expect(preflight.headers.get("access-control-allow-headers")).toContain("last-event-id");
});
