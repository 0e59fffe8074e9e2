import { sql } from "kysely";
import { processJob } from "../src/jobs.ts";
import type { InboxRow } from "../src/queries.ts";
import { processSubject } from "../src/service/process-subject.ts";
import type { Timing } from "../src/service/process-subject.ts";
import { eventOf } from "./webhook-bed.ts";
import type { WebhookBed } from "./webhook-bed.ts";

/** Works the inbox by hand, where no workers run, so that a test can stop a run in the middle or leave work lying. */
export function handRun(bedOf: () => WebhookBed) {
  const ctx = () => bedOf().app.ctxOf({ type: "system", job: "webhooks.process" });
  return {
    ctx,
    /** Does what a job of this subject does. */
    work: (subject: string, timing?: Timing): Promise<void> =>
      processSubject(ctx(), { subject, job: processJob, ...(timing && { timing }) }),
    /** The jobs of a subject, whatever became of them. */
    queued: (subject: string) => bedOf().app.jobs.boss.findJobs("webhooks.process", { data: { subject } }),
    /** The stored event of Stripe's id. */
    rowOf: (eventId: string): Promise<InboxRow> =>
      bedOf()
        .app.owner.selectFrom("private.webhook_inbox")
        .selectAll()
        .where("event_id", "=", eventId)
        .executeTakeFirstOrThrow(),
    /** Makes the events of a subject due earlier by an interval of PostgreSQL's. */
    age: async (subject: string, interval: string): Promise<void> => {
      await bedOf()
        .app.owner.updateTable("private.webhook_inbox")
        .set({ due_at: sql<Date>`due_at - ${interval}::interval` })
        .where("subject", "=", subject)
        .execute();
    },
    /** Delivers an event about a subscription of this id, of a customer of its own. */
    deliver: async (id: string): Promise<{ eventId: string; subject: string }> => {
      const event = eventOf({ object: { object: "subscription", id, customer: `cus_${id}` } });
      await bedOf().deliver(event);
      return { eventId: event.id, subject: `customer:cus_${id}` };
    },
  };
}
