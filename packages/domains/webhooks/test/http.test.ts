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
test("a signed event is stored byte for byte together with its job", async () => {
  const event = eventOf();
  const body = `${JSON.stringify({ ...event, note: "Ümläut 🎉 \u2028 \\u0000" }, null, 3)}\r\n`;
  const response = await bed.post(body);
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ status: "stored" });
  const [row] = await stored(event.id);
  expect(row).toMatchObject({ body, status: "pending", subject: "customer:cus_1", type: event.type, attempts: 0 });
  expect(row?.event_created_at).toEqual(new Date(Number(event["created"]) * 1000));
  const jobs = await bed.app.jobs.boss.findJobs("webhooks.process", { data: { subject: "customer:cus_1" } });
  expect(jobs).toHaveLength(1);
});

test("the same event again answers that it is stored already, also when the cache has forgotten it", async () => {
  const event = eventOf();
  await bed.deliver(event);
  expect(await (await bed.deliver(event)).json()).toEqual({ status: "already_stored" });
  await bed.app.deps.cache.delete(`webhook:stripe:${event.id}`);
  expect(await (await bed.deliver(event)).json()).toEqual({ status: "already_stored" });
  expect(await stored(event.id)).toHaveLength(1);
});

test("a cache that is away loses no event and admits none twice", async () => {
  const away = () => Promise.reject(new Error("no cache"));
  const { cache } = bed.app.deps;
  bed.app.deps.cache = { get: away, set: away, delete: away, close: away };
  const event = eventOf();
  expect(await (await bed.deliver(event)).json()).toEqual({ status: "stored" });
  expect(await (await bed.deliver(event)).json()).toEqual({ status: "already_stored" });
  bed.app.deps.cache = cache;
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
