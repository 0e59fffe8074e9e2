import Stripe from "stripe";
import { afterAll, beforeAll, expect, test } from "vitest";
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

const deliver = (id: string) => bed.deliver(eventOf({ object: { object: "subscription", id, customer: `cus_${id}` } }));

test("after Stripe's 429 half as many customers are read at once, and the refused one is read again without a fault", async () => {
  const gate = createGate();
  let isRefused = false;
  remote.onRead = async () => {
    if (isRefused) return gate.opened;
    isRefused = true;
    throw new Stripe.errors.StripeRateLimitError({ type: "invalid_request_error", message: "too many requests" });
  };
  await deliver("sub_refused");
  await expect.poll(() => remote.reads.length, { timeout: 20_000 }).toBe(1);
  await Promise.all(Array.from({ length: 50 }, (_, place) => deliver(`sub_${place}`)));
  await expect.poll(() => remote.maxReaders, { timeout: 20_000 }).toBe(12);
  // Another one comes and is not read either.
  await deliver("sub_late");
  expect(remote.maxReaders).toBe(12);
  gate.open();
  await bed.app.jobsIdle();
  expect(new Set(remote.reads).size).toBe(52);
  expect(await effectsOf(bed.app.owner, "sub_refused")).toHaveLength(1);
  const rows = await bed.app.owner.selectFrom("private.webhook_inbox").select(["status", "faults"]).execute();
  expect(rows).toEqual(Array.from({ length: 52 }, () => ({ status: "done", faults: 0 })));
});
