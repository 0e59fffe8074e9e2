import { connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventOf, sign, startWebhookBed } from "./webhook-bed.ts";
import type { WebhookBed } from "./webhook-bed.ts";

let bed: WebhookBed;

beforeAll(async () => {
  bed = await startWebhookBed({ runWorkers: false });
});
afterAll(() => bed.close());

const countStored = async () => (await bed.app.owner.selectFrom("private.webhook_inbox").select("id").execute()).length;
const nowSec = () => Math.floor(Date.now() / 1000);

/** Posts and expects a refusal that stores nothing. */
async function expectRefused(status: number, appCode: string, send: () => Promise<Response>): Promise<void> {
  const before = await countStored();
  const response = await send();
  expect(response.status).toBe(status);
  expect(await response.json()).toEqual({
    error: { appCode, message: expect.any(String), requestId: expect.any(String) },
  });
  expect(await countStored()).toBe(before);
}

test("a missing, foreign, malformed or reused signature is refused", async () => {
  const body = JSON.stringify(eventOf());
  const headers = [
    "",
    "t=,v1=",
    "t=1",
    "v1",
    `t=${nowSec()},v0=abc`,
    sign(body, { secret: "whsec_gone" }),
    sign(`${body} `),
  ];
  for (const header of headers) {
    await expectRefused(400, "webhooks.signature_invalid", () => bed.post(body, { "stripe-signature": header }));
  }
  await expectRefused(400, "webhooks.signature_invalid", () => bed.post(body, {}));
  await expectRefused(400, "webhooks.signature_invalid", () => bed.post("", { "stripe-signature": sign("") }));
});

test("a signature more than 300 seconds away is refused on both sides of the clock", async () => {
  const body = JSON.stringify(eventOf());
  for (const skewSec of [-310, 310]) {
    const header = sign(body, { timestamp: nowSec() + skewSec });
    await expectRefused(400, "webhooks.timestamp_out_of_range", () => bed.post(body, { "stripe-signature": header }));
  }
  for (const skewSec of [-290, 290]) {
    const near = JSON.stringify(eventOf());
    const header = sign(near, { timestamp: nowSec() + skewSec });
    expect((await bed.post(near, { "stripe-signature": header })).status).toBe(200);
  }
});

test("what is signed and no event of API version 1 is refused", async () => {
  const bodies = [
    "not json",
    "[]",
    "null",
    "{}",
    JSON.stringify({
      id: "evt_thin",
      object: "v2.core.event",
      type: "v1.billing.meter.no_meter_found",
      livemode: false,
    }),
    JSON.stringify(eventOf({ created: 1e300 })),
    JSON.stringify(eventOf({ created: -1 })),
    JSON.stringify(eventOf({ created: "1790000000" })),
    JSON.stringify(eventOf({ id: "evt_\u0000" })),
    JSON.stringify(eventOf({ id: "e".repeat(256) })),
    JSON.stringify(eventOf({ type: "" })),
    JSON.stringify(eventOf({ data: { object: [] } })),
    JSON.stringify(eventOf({ data: null })),
    "[".repeat(500_000),
  ];
  for (const body of bodies) await expectRefused(400, "webhooks.not_an_event", () => bed.post(body));
});

test("bytes that are no UTF-8 are refused, and so is a compressed body", async () => {
  const [before, after] = JSON.stringify(eventOf({ note: "here" })).split("here");
  const body = Buffer.concat([Buffer.from(before ?? ""), Buffer.from([0xff]), Buffer.from(after ?? "")]);
  const header = { "stripe-signature": sign(body) };
  await expectRefused(400, "webhooks.not_an_event", () => bed.post(body, header));
  const plain = JSON.stringify(eventOf());
  await expectRefused(400, "webhooks.body_unreadable", () =>
    bed.post(plain, { "stripe-signature": sign(plain), "content-encoding": "gzip" }),
  );
});

test("a body over 1 MiB is refused, one of exactly 1 MiB is stored", async () => {
  const event = eventOf({ padding: "" });
  const padded = (bytes: number) => {
    const short = JSON.stringify(event);
    return JSON.stringify({ ...event, padding: "x".repeat(bytes - Buffer.byteLength(short)) });
  };
  await expectRefused(413, "core.too_large", () => bed.post(padded(1024 * 1024 + 1)));
  expect((await bed.post(padded(1024 * 1024))).status).toBe(200);
});

test("a chunked body without a length is refused as soon as it grows over 1 MiB", async () => {
  const { hostname, port } = new URL(bed.url);
  const socket = connect(Number(port), hostname);
  socket.write("POST /api/webhooks/stripe HTTP/1.1\r\nhost: test\r\ntransfer-encoding: chunked\r\n\r\n");
  for (let sent = 0; sent <= 1024 * 1024; sent += 65_536) socket.write(`10000\r\n${"x".repeat(65_536)}\r\n`);
  // The last chunk never comes: the answer does not wait for it.
  const [first] = await new Promise<string[]>((resolve) =>
    socket.once("data", (data) => resolve(data.toString().split("\r\n"))),
  );
  socket.destroy();
  expect(first).toBe("HTTP/1.1 413 Payload Too Large");
});

test("the caller's request id comes back in the refusal, a hostile one does not", async () => {
  const refused = async (requestId: string) => {
    const response = await bed.post("x", { "x-request-id": requestId });
    return response.json();
  };
  expect(await refused("req-1")).toMatchObject({ error: { requestId: "req-1" } });
  expect(await refused("<script>")).toMatchObject({ error: { requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) } });
});
