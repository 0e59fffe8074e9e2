import { connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventOf, sign, startWebhookBed } from "./webhook-bed.ts";
import type { WebhookBed } from "./webhook-bed.ts";

let bed: WebhookBed;

beforeAll(async () => {
  bed = await startWebhookBed({ config: { stripeWebhookSecrets: ["whsec_old", "whsec_test"] }, runWorkers: false });
});
afterAll(() => bed.close());

const stored = (eventId: string) =>
  bed.app.owner.selectFrom("private.webhook_inbox").selectAll().where("event_id", "=", eventId).execute();
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

test("a signed event is stored byte for byte together with its job", async () => {
  const event = eventOf();
  const body = `${JSON.stringify({ ...event, note: "Ümläut 🎉 \u2028 \\u0000" }, null, 3)}\r\n`;
  const response = await bed.post(body);
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ status: "stored" });
  const [row] = await stored(event.id);
  expect(row).toMatchObject({ body, status: "pending", subject: "customer:cus_1", type: event.type, attempts: 0 });
  expect(row?.event_created_at).toEqual(new Date(Number(event["created"]) * 1000));
  expect((await bed.app.deps.jobs.stats()).find(({ queue }) => queue === "webhooks.process")).toBeDefined();
});

test("the same event again answers that it is stored already, also when the cache has forgotten it", async () => {
  const event = eventOf();
  await bed.deliver(event);
  expect(await (await bed.deliver(event)).json()).toEqual({ status: "already_stored" });
  await bed.app.deps.cache.delete(`webhook:stripe:${event.id}`);
  expect(await (await bed.deliver(event)).json()).toEqual({ status: "already_stored" });
  expect(await stored(event.id)).toHaveLength(1);
});

test("the same event 50 times at once makes one row and one job", async () => {
  const event = eventOf({ object: { object: "product", id: "prod_storm" } });
  const answers = await Promise.all(Array.from({ length: 50 }, () => bed.deliver(event)));
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 200));
  expect(await stored(event.id)).toHaveLength(1);
  const jobs = await bed.app.jobs.boss.findJobs("webhooks.process", { data: { subject: "product:prod_storm" } });
  expect(jobs).toHaveLength(1);
});

test("either of two configured secrets passes, and so does the right one of two v1 signatures", async () => {
  for (const header of [
    (body: string) => sign(body, { secret: "whsec_old" }),
    (body: string) => `${sign(body, { secret: "whsec_gone" })},${sign(body).split(",")[1]}`,
  ]) {
    const body = JSON.stringify(eventOf());
    expect((await bed.post(body, { "stripe-signature": header(body) })).status).toBe(200);
  }
});

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

test("any content type is read as bytes", async () => {
  for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin1"]) {
    const body = JSON.stringify(eventOf({ note: "é" }));
    const response = await bed.post(body, { "content-type": type, "stripe-signature": sign(body) });
    expect(response.status).toBe(200);
  }
});

test("an event of the other mode or of a connected account is stored as ignored, with no job", async () => {
  for (const changes of [{ livemode: true }, { account: "acct_other" }]) {
    const event = eventOf({ ...changes, object: { object: "price", id: `price_${Object.keys(changes)[0]}` } });
    expect((await bed.deliver(event)).status).toBe(200);
    const [row] = await stored(event.id);
    expect(row?.status).toBe("ignored");
    expect(await bed.app.jobs.boss.findJobs("webhooks.process", { data: { subject: row?.subject } })).toEqual([]);
  }
});

test("objects without id or customer, or with hostile ones, are stored under a subject of their own", async () => {
  const cases: [object, (eventId: string) => string][] = [
    [{ object: "invoice", customer: "cus_9", lines: [] }, () => "customer:cus_9"],
    [{ object: "invoice", id: "in_1", customer: { object: "customer", id: "cus_8" } }, () => "customer:cus_8"],
    [{ object: "customer", id: "cus_7", customer: "cus_other" }, () => "customer:cus_7"],
    [{ object: "checkout.session", id: "cs_1", customer: null }, () => "checkout.session:cs_1"],
    [{ object: "invoice", customer: null }, (id) => `event:${id}`],
    [{}, (id) => `event:${id}`],
    [{ object: 7, id: 1e308, customer: ["cus"] }, (id) => `event:${id}`],
    [{ object: "charge", id: "ch_1", customer: "cus_\u0000" }, () => "charge:ch_1"],
    [{ object: "charge", id: "ch_2", customer: "c".repeat(5000), amount: 1e308 }, () => "charge:ch_2"],
  ];
  for (const [object, subject] of cases) {
    const event = eventOf({ object });
    expect((await bed.deliver(event)).status).toBe(200);
    expect((await stored(event.id))[0]?.subject).toBe(subject(event.id));
  }
});

test("the caller's request id comes back in the refusal, a hostile one does not", async () => {
  const refused = async (requestId: string) => {
    const response = await bed.post("x", { "x-request-id": requestId });
    return response.json();
  };
  expect(await refused("req-1")).toMatchObject({ error: { requestId: "req-1" } });
  expect(await refused("<script>")).toMatchObject({ error: { requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) } });
});
