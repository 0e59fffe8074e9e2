import { expect, test } from "vitest";
import type { ClientOptions } from "../src/client-options.ts";
import { connect } from "../src/connect.ts";
import { TurnpikeError } from "../src/turnpike-error.ts";
import { startApiServer, type SampleApi } from "./support/api-server.ts";

async function startClient(options: Omit<ClientOptions, "url"> = {}) {
  const server = await startApiServer();
  const client = connect<SampleApi>({ url: server.url, ...options });
  return { server, client, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

async function failureOf(call: Promise<unknown>): Promise<TurnpikeError> {
  const error: unknown = await call.catch((thrown: unknown) => thrown);
  if (error instanceof TurnpikeError) return error;
  throw new Error("The call did not fail with a TurnpikeError.", { cause: error });
}

test("dates, maps, sets and absent values arrive as what they are, both ways", async () => {
  await using sample = await startClient();
  const value = { at: new Date("2026-01-02"), map: new Map([["a", new Set([1n])]]), nothing: undefined, none: null };
  expect(await sample.client.echo.query(value)).toEqual(value);
});

test("nested procedures are called by their path", async () => {
  await using sample = await startClient();
  const note = await sample.client.notes.create.mutate({ text: "hello" });
  expect(note).toEqual({ text: "hello", createdAt: new Date(0) });
});

test("calls of one tick travel in one request, more than twenty in two", async () => {
  await using sample = await startClient();
  const numbers = Array.from({ length: 21 }, (_, at) => at);
  expect(await Promise.all(numbers.map((number) => sample.client.echo.query(number)))).toEqual(numbers);
  expect(sample.server.requests).toHaveLength(2);
});

test("every request asks for the token, the organization and the headers again", async () => {
  let asked = 0;
  await using sample = await startClient({
    getToken: async () => `token-${(asked += 1)}`,
    organization: () => "organization-1",
    headers: { "x-request-id": "request-1" },
  });
  await sample.client.headers.query();
  expect(await sample.client.headers.query()).toMatchObject({
    authorization: "Bearer token-2",
    "turnpike-organization": "organization-1",
    "x-request-id": "request-1",
  });
});

test("without a token no authorization is sent", async () => {
  await using sample = await startClient({ getToken: () => null });
  const headers = await sample.client.headers.query();
  expect(headers).not.toHaveProperty("authorization");
  expect(headers).not.toHaveProperty("turnpike-organization");
});

test("a mutation with an idempotency key travels alone and carries it", async () => {
  await using sample = await startClient();
  const { notes, echo } = sample.client;
  await Promise.all([notes.create.mutate({ text: "a" }, { idempotencyKey: "key-1" }), echo.query(1), echo.query(2)]);
  const keys = sample.server.requests.map((request) => request.headers["idempotency-key"]);
  expect(new Set(keys)).toEqual(new Set(["key-1", undefined]));
  expect(keys).toHaveLength(2);
});

test("a failure carries its code, status, request, field issues and time to wait", async () => {
  await using sample = await startClient();
  const fieldIssues = [{ path: "items.0.quantity", message: "Too small" }];
  const data = { appCode: "billing.already_canceled", requestId: "request-1", fieldIssues, retryAfterSec: 7 };
  const error = await failureOf(sample.client.fail.query(data));
  expect(error).toMatchObject({ ...data, status: 409, message: "It is canceled already.", name: "TurnpikeError" });
});

test("an answer that is not the API's fails with client.bad_answer and its status", async () => {
  const fetch = async () => new Response("<h1>Bad gateway</h1>", { status: 502 });
  const client = connect<SampleApi>({ url: "http://127.0.0.1", fetch });
  expect(await failureOf(client.headers.query())).toMatchObject({ appCode: "client.bad_answer", status: 502 });
});

test("no answer at all fails with client.network", async () => {
  const { url } = await startApiServer().then(async (server) => (await server[Symbol.asyncDispose](), server));
  const error = await failureOf(connect<SampleApi>({ url }).headers.query());
  expect(error).toMatchObject({ appCode: "client.network", status: 0 });
});

test("a call that is given up fails with client.aborted", async () => {
  await using sample = await startClient();
  const controller = new AbortController();
  const call = failureOf(sample.client.hang.query(undefined, { signal: controller.signal }));
  controller.abort();
  expect(await call).toMatchObject({ appCode: "client.aborted" });
});

test("a client is no promise", async () => {
  await using sample = await startClient();
  expect(await Promise.resolve(sample.client)).toBe(sample.client);
});
