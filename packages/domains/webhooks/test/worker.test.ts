import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createGate, createMirrorTables, createRemote, effectsOf, mirrorOf } from "./mirror-bed.ts";
import { eventOf, startWebhookBed } from "./webhook-bed.ts";
import type { WebhookBed } from "./webhook-bed.ts";

const remote = createRemote();
let bed: WebhookBed;

beforeAll(async () => {
  bed = await startWebhookBed({ mirrors: [mirrorOf(remote)] });
  await createMirrorTables(bed.app.owner);
});
afterAll(() => bed.close());
beforeEach(() => {
  remote.onRead = async () => undefined;
  remote.reads = [];
  remote.maxReaders = 0;
});

const rowOf = (eventId: string) =>
  bed.app.owner
    .selectFrom("private.webhook_inbox")
    .selectAll()
    .where("event_id", "=", eventId)
    .executeTakeFirstOrThrow();
const subscription = (id: string, changes: object = {}) => ({
  object: "subscription",
  id,
  customer: `cus_${id}`,
  ...changes,
});

test("a stored event is worked off by the present state of its object, whatever its payload says", async () => {
  remote.states.set("sub_a", "active");
  const event = eventOf({ object: subscription("sub_a", { status: "incomplete" }) });
  await bed.deliver(event);
  await bed.app.jobsIdle();
  expect(await effectsOf(bed.app.owner, "sub_a")).toEqual(["active"]);
  expect(await rowOf(event.id)).toMatchObject({
    status: "done",
    attempts: 1,
    last_error: null,
    processed_at: expect.any(Date),
  });
});

test("the same event 50 times at once has one effect", async () => {
  remote.states.set("sub_b", "active");
  const event = eventOf({ object: subscription("sub_b") });
  await Promise.all(Array.from({ length: 50 }, () => bed.deliver(event)));
  await bed.app.jobsIdle();
  expect(await effectsOf(bed.app.owner, "sub_b")).toEqual(["active"]);
  expect(remote.reads).toEqual(["sub_b"]);
});

test("events in reverse order end in the state that Stripe has", async () => {
  remote.states.set("sub_c", "canceled");
  const events = ["incomplete", "active", "past_due", "canceled"].map((status) =>
    eventOf({ object: subscription("sub_c", { status }) }),
  );
  for (const event of events.toReversed()) {
    await bed.deliver(event);
    await bed.app.jobsIdle();
  }
  expect(await effectsOf(bed.app.owner, "sub_c")).toEqual(["canceled"]);
});

test("an object that Stripe does not have is applied as gone", async () => {
  const event = eventOf({ object: subscription("sub_foreign") });
  await bed.deliver(event);
  await bed.app.jobsIdle();
  expect(await effectsOf(bed.app.owner, "sub_foreign")).toEqual(["gone"]);
  expect((await rowOf(event.id)).status).toBe("done");
});

test("an event that concerns nothing we mirror is kept as ignored", async () => {
  const event = eventOf({
    type: "radar.early_fraud_warning.created",
    object: { object: "radar.early_fraud_warning", id: "issfr_1" },
  });
  const upcoming = eventOf({ type: "invoice.upcoming", object: { object: "invoice", customer: "cus_d" } });
  await bed.deliver(event);
  await bed.deliver(upcoming);
  await bed.app.jobsIdle();
  expect((await rowOf(event.id)).status).toBe("ignored");
  expect((await rowOf(upcoming.id)).status).toBe("ignored");
});

test("an event stored while its customer is being synced is not left behind", async () => {
  const [reading, gate] = [createGate(), createGate()];
  remote.states.set("sub_e", "active");
  remote.onRead = async () => {
    reading.open();
    await gate.opened;
  };
  const first = eventOf({ object: subscription("sub_e") });
  await bed.deliver(first);
  await reading.opened;
  // The first run has read `active` and is held there.
  remote.states.set("sub_e", "canceled");
  const second = eventOf({ object: subscription("sub_e") });
  await bed.deliver(second);
  // Its job finds the lease held and ends.
  await jobsEnded(1, "customer:cus_sub_e");
  expect((await rowOf(second.id)).status).toBe("pending");
  gate.open();
  await bed.app.jobsIdle();
  expect((await rowOf(first.id)).status).toBe("done");
  expect((await rowOf(second.id)).status).toBe("done");
  expect(await effectsOf(bed.app.owner, "sub_e")).toEqual(["active", "canceled"]);
});

test("many events of one customer at once are worked off by one worker at a time and in few reads", async () => {
  remote.states.set("sub_f", "active");
  const events = Array.from({ length: 60 }, () => eventOf({ object: subscription("sub_f") }));
  await Promise.all(events.map((event) => bed.deliver(event)));
  await bed.app.jobsIdle();
  expect(remote.maxReaders).toBe(1);
  expect(remote.reads.length).toBeLessThan(events.length);
  expect(await effectsOf(bed.app.owner, "sub_f")).toEqual(["active"]);
  for (const event of events) expect((await rowOf(event.id)).status).toBe("done");
});

test("an event whose shape cannot be read does not hold up the others of its customer", async () => {
  remote.states.set("sub_g", "active");
  const healthy = [eventOf({ object: subscription("sub_g") }), eventOf({ object: subscription("sub_g") })];
  const bad = eventOf({ type: "invoice.paid", object: { object: "invoice", id: "in_1", customer: "cus_sub_g" } });
  const gate = createGate();
  remote.onRead = () => gate.opened;
  for (const event of [healthy[0], bad, healthy[1]]) await bed.deliver(event ?? {});
  gate.open();
  await settled(healthy.map(({ id }) => id));
  for (const event of healthy) expect((await rowOf(event.id)).status).toBe("done");
  expect(await rowOf(bad.id)).toMatchObject({
    status: "pending",
    last_error: "TypeError: a shape that this mirror cannot read",
  });
  await bed.app.owner.deleteFrom("private.webhook_inbox").where("event_id", "=", bad.id).execute();
});

test("a state that cannot be written is rolled back alone and tried again later", async () => {
  remote.states.set("sub_h1", "refused").set("sub_h2", "active");
  const bad = eventOf({ object: subscription("sub_h1", { customer: "cus_h" }) });
  const good = eventOf({ object: subscription("sub_h2", { customer: "cus_h" }) });
  await Promise.all([bed.deliver(bad), bed.deliver(good)]);
  await settled([good.id]);
  expect(await effectsOf(bed.app.owner, "sub_h2")).toEqual(["active"]);
  remote.states.set("sub_h1", "active");
  await bed.app.jobsIdle();
  expect(await effectsOf(bed.app.owner, "sub_h1")).toEqual(["active"]);
  expect(await rowOf(bad.id)).toMatchObject({ status: "done", last_error: null });
});

test("while Stripe cannot be reached events wait and count no fault, afterwards they are worked off", async () => {
  remote.states.set("sub_i", "active");
  let failures = 0;
  remote.onRead = async () => {
    failures += 1;
    // A real refusal of the SDK: nothing listens where the test app's client connects to.
    if (failures <= 2) await bed.app.deps.stripe.subscriptions.retrieve("sub_i");
  };
  const event = eventOf({ object: subscription("sub_i") });
  await bed.deliver(event);
  await bed.app.jobsIdle();
  expect(await rowOf(event.id)).toMatchObject({ status: "done", attempts: 3, faults: 0 });
  expect(await effectsOf(bed.app.owner, "sub_i")).toEqual(["active"]);
});

/** Waits until `count` jobs of a subject have ended. */
async function jobsEnded(count: number, subject: string): Promise<void> {
  await expect
    .poll(
      async () => {
        const jobs = await bed.app.jobs.boss.findJobs("webhooks.process", { data: { subject } });
        return jobs.filter(({ state }) => state === "completed").length;
      },
      { timeout: 20_000, interval: 20 },
    )
    .toBe(count);
}

/** Waits until events are pending no more. */
async function settled(eventIds: string[]): Promise<void> {
  await expect
    .poll(
      async () => {
        const rows = await Promise.all(eventIds.map(rowOf));
        return rows.map(({ status }) => status);
      },
      { timeout: 20_000, interval: 20 },
    )
    .not.toContain("pending");
}
