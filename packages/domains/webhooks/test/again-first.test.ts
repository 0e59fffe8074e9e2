import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { priorities } from "../src/priority.ts";
import { resumeInbox } from "../src/recovery.ts";
import { replayInboxEvent, replayInboxRange } from "../src/service/inbox.ts";
import { handRun } from "./hand-run.ts";
import { createMirrorTables, createRemote, mirrorOf } from "./mirror-bed.ts";
import { startWebhookBed } from "./webhook-bed.ts";
import type { WebhookBed } from "./webhook-bed.ts";

const queue = "webhooks.process";
const remote = createRemote();
let bed: WebhookBed;

beforeAll(async () => {
  bed = await startWebhookBed({ mirrors: [mirrorOf(remote)], runWorkers: false });
  await createMirrorTables(bed.app.owner);
});
afterAll(() => bed.close());
beforeEach(async () => {
  remote.onRead = async () => undefined;
  await bed.app.jobs.boss.deleteAllJobs(queue);
});

const { ctx, work, queued, rowOf, deliver } = handRun(() => bed);

/** Three events of what Stripe does by itself, which wait already. */
async function deliverBacklog(name: string): Promise<void> {
  for (const place of [1, 2, 3]) await deliver(`sub_${name}_${place}`);
}

/** The subject that a worker would take first, if the time of all had come. */
async function firstTaken(): Promise<unknown> {
  const [job] = await bed.app.jobs.boss.fetch(queue, { ignoreStartAfter: true });
  return job?.data;
}

test("an event that failed is tried again before what Stripe did by itself meanwhile", async () => {
  const { subject } = await deliver("sub_failed");
  await bed.app.jobs.boss.deleteAllJobs(queue);
  await deliverBacklog("failed");
  remote.onRead = () => Promise.reject(new Error("no shape that we know"));
  await work(subject);
  expect(await firstTaken()).toEqual({ subject });
});

test("what a stopped process left is resumed before what Stripe does by itself", async () => {
  const { subject } = await deliver("sub_left");
  await bed.app.jobs.boss.deleteAllJobs(queue);
  await resumeInbox(ctx());
  expect((await queued(subject)).map(({ priority }) => priority)).toEqual([priorities.caused]);
});

test("what an operator has worked off again goes before what Stripe does by itself, one event or a range", async () => {
  const { eventId, subject } = await deliver("sub_replayed");
  await work(subject);
  const { id, type, received_at: receivedAt } = await rowOf(eventId);
  const operator = bed.app.ctxOf({ type: "system", job: "operator" });
  const range = { from: receivedAt, to: new Date(receivedAt.getTime() + 1), type };
  for (const replay of [() => replayInboxEvent(operator, { id }), () => replayInboxRange(operator, range)]) {
    await bed.app.jobs.boss.deleteAllJobs(queue);
    await deliverBacklog("replayed");
    await replay();
    expect(await firstTaken()).toEqual({ subject });
    await work(subject);
  }
});
