import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { resumeInbox, sweepInbox } from "../src/recovery.ts";
import { handRun } from "./hand-run.ts";
import { createMirrorTables, createRemote, mirrorOf } from "./mirror-bed.ts";
import { startWebhookBed } from "./webhook-bed.ts";
import type { WebhookBed } from "./webhook-bed.ts";

// No worker runs here: what is left lying is there to be found.
const remote = createRemote();
let bed: WebhookBed;

beforeAll(async () => {
  bed = await startWebhookBed({ mirrors: [mirrorOf(remote)], runWorkers: false });
  await createMirrorTables(bed.app.owner);
});
afterAll(() => bed.close());

const { ctx, work, queued, rowOf, age, deliver } = handRun(() => bed);

test("the sweep gives events that a crash left lying a new job, but none to young or held ones", async () => {
  remote.states.set("sub_e", "active");
  const left = await deliver("sub_e");
  const young = await deliver("sub_f");
  const held = await deliver("sub_g");
  await age(left.subject, "2 minutes");
  await age(held.subject, "2 minutes");
  await sql`insert into private.webhook_leases (subject, ticket, expires_at) values
    (${held.subject}, 1, now() + interval '30 seconds'), (${left.subject}, 1, now() - interval '30 seconds')`.execute(
    bed.app.owner,
  );
  await sweepInbox(ctx());
  expect(await queued(left.subject)).toHaveLength(2);
  expect(await queued(young.subject)).toHaveLength(1);
  expect(await queued(held.subject)).toHaveLength(1);
  await work(left.subject);
  expect((await rowOf(left.eventId)).status).toBe("done");
});

test("the sweep takes those that wait longest when there are more than it takes at once", async () => {
  // Those that came first stand last by their name and by their place in the table.
  await sql`insert into private.webhook_inbox
      (id, provider, event_id, type, is_live, event_created_at, subject, body, status, received_at, due_at)
    select gen_random_uuid(), 'stripe', 'evt_overdue_' || n, 'test.overdue', false, now(),
      'product:overdue_' || to_char(n, 'FM0000'), '{}', 'pending', now(), now() - make_interval(days => 1, secs => n)
    from generate_series(1, 620) n`.execute(bed.app.owner);
  await sweepInbox(ctx());
  expect(await queued("product:overdue_0620")).toHaveLength(1);
  expect(await queued("product:overdue_0121")).toHaveLength(1);
  expect(await queued("product:overdue_0120")).toEqual([]);
  await sql`delete from private.webhook_inbox where type = 'test.overdue'`.execute(bed.app.owner);
});

test("the sweep forgets leases that ran out more than a day ago", async () => {
  await sql`insert into private.webhook_leases (subject, ticket, expires_at) values
    ('product:old', 3, now() - interval '25 hours'), ('product:recent', 3, now() - interval '23 hours')`.execute(
    bed.app.owner,
  );
  await sweepInbox(ctx());
  const rows = await bed.app.owner.selectFrom("private.webhook_leases").select("subject").execute();
  const subjects = rows.map(({ subject }) => subject);
  expect(subjects).toContain("product:recent");
  expect(subjects).not.toContain("product:old");
});

test("a start gives every waiting subject a job, when the lease of a killed holder runs out at the latest", async () => {
  const free = await deliver("sub_free");
  const held = await deliver("sub_held");
  await bed.app.jobs.boss.deleteQueuedJobs("webhooks.process");
  await sql`insert into private.webhook_leases (subject, ticket, expires_at)
    values (${held.subject}, 1, now() + interval '25 seconds')`.execute(bed.app.owner);
  await resumeInbox(ctx());
  const [now, later] = [await queued(free.subject), await queued(held.subject)];
  expect(now).toHaveLength(1);
  expect(now[0]?.startAfter.getTime()).toBeLessThanOrEqual(Date.now());
  expect(later).toHaveLength(1);
  expect(later[0]?.startAfter.getTime()).toBeGreaterThan(Date.now() + 20_000);
});
