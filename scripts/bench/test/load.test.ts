import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, RequestListener } from "node:http";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { loadSide, openLanes } from "../measure/load.ts";

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return `http://127.0.0.1:${address.port}`;
}

test("every call is made once, with its own body, over as many connections as there are lanes", async () => {
  const bodies: string[] = [];
  const sockets = new Set<IncomingMessage["socket"]>();
  const url = await serve((req, res) => {
    sockets.add(req.socket);
    void text(req).then((body) => {
      bodies.push(body);
      res.end("ok");
    });
  });
  const lanes = openLanes(url, 3);
  const calls = Array.from({ length: 50 }, (_, at) => ({ method: "POST" as const, path: "/", body: String(at) }));
  expect(await lanes.run(calls)).toBeGreaterThan(0);
  await lanes.close();
  expect(bodies.map(Number).toSorted((a, b) => a - b)).toEqual(calls.map((_, at) => at));
  expect(sockets.size).toBe(3);
});

test("an answer other than 200 ends the measurement and is quoted", async () => {
  const url = await serve((_req, res) => void res.writeHead(429).end("slow down"));
  const lanes = openLanes(url, 2);
  await expect(lanes.run([{ method: "GET", path: "/x" }])).rejects.toThrow("GET /x answered 429: slow down");
  await lanes.close();
});

test("a side makes as many calls in a round as fill its time, and never one twice", async () => {
  const seen: string[] = [];
  const url = await serve((req, res) => {
    seen.push(req.url ?? "");
    res.end();
  });
  const lanes = openLanes(url, 4);
  let made = 0;
  const makeCalls = (count: number) =>
    Array.from({ length: count }, () => ({ method: "GET" as const, path: `/${(made += 1)}` }));
  const side = loadSide({ name: "a server", lanes, roundMs: 100, makeCalls });
  await side.measure();
  const before = made;
  const perSec = await side.measure();
  await lanes.close();
  expect(made - before).toBeGreaterThanOrEqual(50);
  expect(perSec).toBeGreaterThan(0);
  expect(new Set(seen).size).toBe(made);
});
