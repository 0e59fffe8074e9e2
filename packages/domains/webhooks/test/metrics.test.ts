import { afterAll, beforeAll, expect, test } from "vitest";
import { inboxGauges } from "../src/metrics.ts";
import { eventOf, startWebhookBed } from "./webhook-bed.ts";
import type { WebhookBed } from "./webhook-bed.ts";

let bed: WebhookBed;
beforeAll(async () => {
  bed = await startWebhookBed({ runWorkers: false });
});
afterAll(() => bed.close());

const read = () => inboxGauges.read(bed.app.ctxOf({ type: "system", job: "webhooks.metrics" }));

async function store(changes: { status?: string; due_at?: Date; received_at?: Date }): Promise<void> {
  const event = eventOf();
  expect((await bed.deliver(event)).status).toBe(200);
  await bed.app.owner.updateTable("private.webhook_inbox").set(changes).where("event_id", "=", event.id).execute();
}

const secondsAgo = (seconds: number) => new Date(Date.now() - seconds * 1000);

test("an empty inbox has no lag", async () => {
  expect(await read()).toEqual({
    turnpike_webhooks_pending: 0,
    turnpike_webhooks_dead: 0,
    turnpike_webhooks_oldest_pending_seconds: 0,
    turnpike_webhooks_lag_seconds: 0,
  });
});

test("lag is how long the most overdue event waits; one that was put off is old and no lag", async () => {
  await store({ status: "dead", received_at: secondsAgo(90_000), due_at: secondsAgo(90_000) });
  await store({ status: "done", received_at: secondsAgo(90_000), due_at: secondsAgo(90_000) });
  await store({ received_at: secondsAgo(7200), due_at: secondsAgo(-600) });
  await store({ received_at: secondsAgo(300), due_at: secondsAgo(120) });
  const values = await read();
  expect(values).toMatchObject({ turnpike_webhooks_pending: 2, turnpike_webhooks_dead: 1 });
  expect(Math.round(Number(values["turnpike_webhooks_oldest_pending_seconds"]) / 60)).toBe(120);
  expect(Math.round(Number(values["turnpike_webhooks_lag_seconds"]) / 60)).toBe(2);
});
