import { expect, onTestFinished, test, vi } from "vitest";
import type { SubscriptionHandlers } from "../src/calls.ts";
import type { ClientOptions } from "../src/client-options.ts";
import { connect } from "../src/connect.ts";
import type { TurnpikeError } from "../src/turnpike-error.ts";
import type { SampleApi } from "./support/api-server.ts";

/** An answer that tells these items, stands for a while, and breaks. */
function brokenAnswer(items: readonly [id: string, json: unknown][], standsMs: number): Response {
  const ping = "event: ping\ndata: \n\n";
  const begin = items.map(([id, json]) => `data: ${JSON.stringify({ json })}\nid: ${id}\n\n`).join("");
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const say = (text: string): void => controller.enqueue(new TextEncoder().encode(text));
      say(`event: connected\ndata: {}\n\n${begin}`);
      const pings = setInterval(() => say(ping), 10_000);
      setTimeout(() => {
        clearInterval(pings);
        controller.error(new TypeError("terminated"));
      }, standsMs);
    },
  });
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}

type Item = { at: Date; number: number };

/** Subscribes with time and chance in the test's hands: each wait is the longest there is. */
function subscribe(options: Omit<ClientOptions, "url">, handlers: SubscriptionHandlers<Item> = {}): void {
  vi.useFakeTimers();
  vi.spyOn(Math, "random").mockReturnValue(1);
  const running = connect<SampleApi>({ url: "http://127.0.0.1", ...options }).ticks.subscribe({}, handlers);
  onTestFinished(() => {
    running.unsubscribe();
    vi.useRealTimers();
    vi.restoreAllMocks();
  });
}

/** Counts the connections to a server whose answers break. */
function breakingServer(answer: (connection: number) => Response) {
  const seconds: number[] = [];
  const startedAt = Date.now();
  const fetch = async (): Promise<Response> => {
    seconds.push(Math.round((Date.now() - startedAt) / 1000));
    return answer(seconds.length);
  };
  return { seconds, fetch };
}

test("a server that accepts, gives its mark and cuts is asked more and more rarely", async () => {
  vi.useFakeTimers();
  const { seconds, fetch } = breakingServer(() => brokenAnswer([["7", null]], 1));
  subscribe({ fetch });
  await vi.advanceTimersByTimeAsync(62_000);
  expect(seconds).toEqual([0, 1, 3, 7, 15, 31, 61]);
});

test("a connection that brought an item is followed by the next one soon", async () => {
  vi.useFakeTimers();
  const { seconds, fetch } = breakingServer((connection) => {
    const items: [string, unknown][] = [["7", null]];
    if (connection > 3) items.push([`item ${connection}`, { number: connection }]);
    return brokenAnswer(items, 1);
  });
  subscribe({ fetch });
  await vi.advanceTimersByTimeAsync(10_500);
  expect(seconds).toEqual([0, 1, 3, 7, 8, 9, 10]);
});

test("a connection that stood for half a minute is followed by the next one soon", async () => {
  vi.useFakeTimers();
  const { seconds, fetch } = breakingServer((connection) => brokenAnswer([["7", null]], connection === 3 ? 30_000 : 1));
  subscribe({ fetch });
  await vi.advanceTimersByTimeAsync(38_000);
  expect(seconds).toEqual([0, 1, 3, 34, 36]);
});

test("it says once that it was cut off, with the reason, and when it stands again", async () => {
  vi.useFakeTimers();
  const answers = [
    () => brokenAnswer([["7", null]], 1000),
    () => new Response("<h1>Bad gateway</h1>", { status: 502 }),
    () => new Response("<h1>Bad gateway</h1>", { status: 502 }),
    () => brokenAnswer([["7", null]], 1000),
    () => brokenAnswer([["7", null]], 60_000),
  ];
  const fetch = async () => answers.shift()?.() ?? new Response(null, { status: 500 });
  const told: string[] = [];
  const onInterrupted = (error: TurnpikeError): void => void told.push(error.appCode);
  subscribe({ fetch }, { onStarted: () => void told.push("started"), onInterrupted });
  await vi.advanceTimersByTimeAsync(30_000);
  expect(told).toEqual(["started", "client.network", "started", "client.network", "started"]);
});

test("a token that cannot be had is told once, though it is asked for again and again", async () => {
  vi.useFakeTimers();
  let asked = 0;
  const getToken = (): never => {
    asked += 1;
    throw new Error("no session");
  };
  const onInterrupted = vi.fn<(error: TurnpikeError) => void>();
  subscribe({ getToken }, { onInterrupted });
  await vi.advanceTimersByTimeAsync(20_000);
  expect(asked).toBeGreaterThan(3);
  expect(onInterrupted.mock.calls.map(([error]) => error.message)).toEqual(["no session"]);
});

test("it stays with the organization that it began with, and takes a new token for each connection", async () => {
  vi.useFakeTimers();
  const sent: string[] = [];
  let [organization, token] = ["first", 0];
  const fetch: typeof globalThis.fetch = async (_, init) => {
    const headers = new Headers(init?.headers);
    sent.push(`${headers.get("turnpike-organization")} ${headers.get("authorization")}`);
    organization = "second";
    return brokenAnswer([["7", null]], 1);
  };
  subscribe({ fetch, getToken: () => `token-${(token += 1)}`, organization: () => organization });
  await vi.advanceTimersByTimeAsync(2000);
  expect(sent).toEqual(["first Bearer token-1", "first Bearer token-2"]);
});
