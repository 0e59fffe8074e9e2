import { afterAll, beforeAll, expect, test } from "vitest";
import { priorities, priorityOf } from "../src/priority.ts";
import { createGate, createMirrorTables, createRemote, mirrorOf } from "./mirror-bed.ts";
import { eventOf, startWebhookBed } from "./webhook-bed.ts";
import type { WebhookBed } from "./webhook-bed.ts";

const remote = createRemote();
let bed: WebhookBed;

beforeAll(async () => {
  bed = await startWebhookBed({ mirrors: [mirrorOf(remote)] });
  await createMirrorTables(bed.app.owner);
});
afterAll(() => bed.close());

const about = (id: string, changes: object = {}) =>
  eventOf({ object: { object: "subscription", id, customer: `cus_${id}` }, ...changes });

test("a new customer's event is worked off before most of a backlog that came earlier", async () => {
  const gate = createGate();
  const begun = createGate();
  remote.onRead = () => {
    begun.open();
    return gate.opened;
  };
  await Promise.all(Array.from({ length: 300 }, (_, place) => bed.deliver(about(`sub_old_${place}`))));
  await begun.opened;
  await bed.deliver(about("sub_new", { type: "customer.subscription.created" }));
  gate.open();
  await bed.app.jobsIdle();
  expect(remote.reads).toHaveLength(301);
  // Three workers have taken twenty jobs each before the backlog was complete; theirs are not taken back.
  expect(remote.reads.indexOf("sub_new")).toBeLessThan(100);
});

test("an event that somebody waits for goes first, then what somebody caused, then what Stripe does by itself", () => {
  const caused = { id: "req_1", idempotency_key: null };
  const automatic = { id: null };
  expect(priorityOf({ type: "checkout.session.completed", request: automatic })).toBe(priorities.awaited);
  expect(priorityOf({ type: "customer.subscription.created", request: null })).toBe(priorities.awaited);
  expect(priorityOf({ type: "customer.subscription.updated", request: caused })).toBe(priorities.caused);
  expect(priorityOf({ type: "customer.subscription.updated", request: automatic })).toBe(priorities.automatic);
  expect(priorityOf({ type: "invoice.paid", request: undefined })).toBe(priorities.automatic);
  expect(priorities.awaited).toBeGreaterThan(priorities.caused);
  expect(priorities.caused).toBeGreaterThan(priorities.automatic);
});

test("a request of any other shape makes an event neither refused nor urgent", async () => {
  for (const request of ["req_1", 7, [], { id: 7 }]) {
    const event = about(`sub_request_${typeof request}_${Array.isArray(request)}`, { request });
    expect((await bed.deliver(event)).status).toBe(200);
  }
});
