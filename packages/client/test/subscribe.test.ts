import { expect, onTestFinished, test, vi } from "vitest";
import type { SubscriptionHandlers } from "../src/calls.ts";
import { connect } from "../src/connect.ts";
import type { TurnpikeError } from "../src/turnpike-error.ts";
import { startApiServer, type SampleApi } from "./support/api-server.ts";

interface Tick {
  at: Date;
  number: number;
}

/** Collects ticks and lets a test wait for how many there are. */
function collector() {
  const ticks: Tick[] = [];
  let wake: () => void = () => {};
  return {
    ticks,
    onData: (tick: Tick): void => {
      ticks.push(tick);
      wake();
    },
    reach: async (count: number): Promise<void> => {
      while (ticks.length < count) await new Promise<void>((resolve) => (wake = resolve));
    },
  };
}

type Subscribe = (handlers: SubscriptionHandlers<Tick>) => unknown;

/** The error that a subscription ends with. */
const errorOf = (subscribe: Subscribe): Promise<TurnpikeError> =>
  new Promise((resolve) => void subscribe({ onError: resolve }));

const numbers = (ticks: Tick[]): number[] => ticks.map(({ number }) => number);

test("items arrive flat and with their types, and the request carries the token", async () => {
  await using server = await startApiServer();
  const client = connect<SampleApi>({ url: server.url, getToken: () => "token-1", organization: "organization-1" });
  const { ticks, onData, reach } = collector();
  const running = client.ticks.subscribe({}, { onData });
  await reach(3);
  running.unsubscribe();
  expect(ticks[2]).toEqual({ at: new Date(3), number: 3 });
  expect(server.requests[0]?.headers).toMatchObject({
    authorization: "Bearer token-1",
    "turnpike-organization": "organization-1",
  });
});

test("a broken connection comes back by itself and goes on after the last item, without gap or repeat", async () => {
  await using server = await startApiServer();
  const tokens = ["old", "new"];
  const client = connect<SampleApi>({ url: server.url, getToken: () => tokens.shift() ?? "new" });
  const { ticks, onData, reach } = collector();
  const running = client.ticks.subscribe({}, { onData });
  await reach(3);
  server.cutConnections();
  await reach(6);
  running.unsubscribe();
  expect(numbers(ticks)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(server.requests.map((request) => request.headers["authorization"])).toEqual(["Bearer old", "Bearer new"]);
});

test("each time that the stream stands it says so, and the mark is no item", async () => {
  await using server = await startApiServer();
  const client = connect<SampleApi>({ url: server.url });
  const { onData, reach } = collector();
  const told: string[] = [];
  const onStarted = (): void => void told.push("started");
  const running = client.ticks.subscribe({}, { onStarted, onData: (tick) => [told.push("item"), onData(tick)] });
  await reach(3);
  server.cutConnections();
  await reach(6);
  running.unsubscribe();
  expect(told).toEqual(["started", "item", "item", "item", "started", "item", "item", "item"]);
});

test("a server that is being replaced is asked until it is there: no connection, 503 of a proxy, 429", async () => {
  await using server = await startApiServer();
  const answers = [
    () => Promise.reject(new TypeError("fetch failed")),
    async () => new Response("<h1>Bad gateway</h1>", { status: 502, headers: { "content-type": "text/html" } }),
    async () => new Response('{"error":"later"}', { status: 429, headers: { "content-type": "application/json" } }),
  ];
  const fetch: typeof globalThis.fetch = (input, init) => answers.shift()?.() ?? globalThis.fetch(input, init);
  const { ticks, onData, reach } = collector();
  const running = connect<SampleApi>({ url: server.url, fetch }).ticks.subscribe({}, { onData });
  await reach(3);
  running.unsubscribe();
  expect(numbers(ticks)).toEqual([1, 2, 3]);
  expect(answers).toEqual([]);
}, 15_000);

test("a failure of the server's own within the stream is tried again, too", async () => {
  await using server = await startApiServer();
  const { onData, reach } = collector();
  const running = connect<SampleApi>({ url: server.url }).ticks.subscribe({ failFirst: "ours" }, { onData });
  await reach(3);
  running.unsubscribe();
  expect(server.requests).toHaveLength(2);
});

test("a refusal within the stream ends it with the code that the server gave", async () => {
  await using server = await startApiServer();
  const client = connect<SampleApi>({ url: server.url });
  const error = await errorOf((handlers) => client.ticks.subscribe({ failFirst: "over" }, handlers));
  expect(error).toMatchObject({ name: "TurnpikeError", appCode: "auth.session_over", status: 401 });
  expect(server.requests).toHaveLength(1);
});

test("a refusal before the stream ends it: with the server's code, else with the status", async () => {
  const body = {
    error: { json: { message: "Nothing here.", code: -32004, data: { appCode: "core.not_found", httpStatus: 404 } } },
  };
  const api = async () => Response.json(body, { status: 404 });
  const proxy = async () => new Response("no", { status: 401 });
  const refused = (fetch: typeof globalThis.fetch) =>
    errorOf((handlers) => connect<SampleApi>({ url: "http://127.0.0.1", fetch }).ticks.subscribe({}, handlers));
  expect(await refused(api)).toMatchObject({ message: "Nothing here.", appCode: "core.not_found", status: 404 });
  expect(await refused(proxy)).toMatchObject({ appCode: "client.bad_answer", status: 401 });
});

test("a subscription that was left asks no more", async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const asked = Promise.withResolvers<void>();
  let times = 0;
  const fetch = async () => {
    times += 1;
    asked.resolve();
    throw new TypeError("fetch failed");
  };
  const running = connect<SampleApi>({ url: "http://127.0.0.1", fetch }).ticks.subscribe({}, {});
  await asked.promise;
  running.unsubscribe();
  await vi.advanceTimersByTimeAsync(120_000);
  expect(times).toBe(1);
});
