import { expect, test } from "vitest";
import { connect } from "../src/connect.ts";
import type { TurnpikeError } from "../src/turnpike-error.ts";
import { startApiServer, type SampleApi } from "./support/api-server.ts";

interface Tick {
  id: string;
  data: { at: Date; number: number };
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

test("items arrive with their types, and the request carries the token", async () => {
  await using server = await startApiServer();
  const client = connect<SampleApi>({ url: server.url, getToken: () => "token-1", organization: "organization-1" });
  const { ticks, onData, reach } = collector();
  const running = client.ticks.subscribe({}, { onData });
  await reach(3);
  running.unsubscribe();
  expect(ticks[2]).toEqual({ id: "3", data: { at: new Date(3), number: 3 } });
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
  expect(ticks.map((tick) => tick.data.number)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(server.requests.map((request) => request.headers["authorization"])).toEqual(["Bearer old", "Bearer new"]);
});

test("a subscription that the server refuses ends with the status", async () => {
  const fetch = async () => new Response("no", { status: 401 });
  const client = connect<SampleApi>({ url: "http://127.0.0.1", fetch });
  const error = await new Promise<TurnpikeError>((resolve) => client.ticks.subscribe({}, { onError: resolve }));
  expect(error).toMatchObject({ appCode: "client.bad_answer", status: 401 });
});
