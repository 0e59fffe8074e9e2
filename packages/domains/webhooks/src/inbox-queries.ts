import { sql } from "kysely";
import { wallClock } from "./queries.ts";
import type { Db, InboxRow } from "./queries.ts";

/** A stored event without its body, for lists. */
export type InboxHead = Omit<InboxRow, "body">;

const headColumns = [
  "id",
  "provider",
  "event_id",
  "type",
  "api_version",
  "is_live",
  "event_created_at",
  "subject",
  "status",
  "attempts",
  "faults",
  "last_error",
  "due_at",
  "received_at",
  "processed_at",
] as const;

/** What an event is set to when it is to be worked off again, as if it had just come. */
const reopened = {
  status: "pending",
  attempts: 0,
  faults: 0,
  last_error: null,
  processed_at: null,
  due_at: wallClock,
};

/** A page of stored events, the last received first; one more than `limit`, to say that there is more. */
export function listEvents(
  db: Db,
  filter: { status: string | undefined; type: string | undefined; cursor: string | null | undefined; limit: number },
): Promise<InboxHead[]> {
  const { status, type, cursor, limit } = filter;
  return db
    .selectFrom("private.webhook_inbox")
    .select(headColumns)
    .$if(status !== undefined, (query) => query.where("status", "=", status ?? ""))
    .$if(type !== undefined, (query) => query.where("type", "=", type ?? ""))
    .$if(typeof cursor === "string", (query) =>
      // By the row and not by its time: a Date has no microseconds.
      query.where(
        sql<boolean>`(received_at, id) < (select received_at, id from private.webhook_inbox where id = ${cursor})`,
      ),
    )
    .orderBy("received_at", "desc")
    .orderBy("id", "desc")
    .limit(limit + 1)
    .execute();
}

/** A stored event by our id. */
export function findEvent(db: Db, id: string): Promise<InboxRow | undefined> {
  return db.selectFrom("private.webhook_inbox").selectAll().where("id", "=", id).executeTakeFirst();
}

/** Makes an event pending and due, as if it had just come. Undefined when there is none of that id. */
export async function reopenEvent(db: Db, id: string): Promise<InboxHead | undefined> {
  return db
    .updateTable("private.webhook_inbox")
    .set(reopened)
    .where("id", "=", id)
    .returning(headColumns)
    .executeTakeFirst();
}

/**
 * Makes up to `limit` events pending and due that were received in [from, to), the oldest first; those of the other
 * Stripe mode stay as they are, and so does what is pending already.
 */
export async function reopenRange(
  db: Db,
  range: {
    from: Date;
    to: Date;
    type?: string | undefined;
    status?: string | undefined;
    isLive: boolean;
    limit: number;
  },
): Promise<{ subject: string; received_at: Date }[]> {
  const { type, status } = range;
  return db
    .updateTable("private.webhook_inbox")
    .set(reopened)
    .where("id", "in", (eb) =>
      eb
        .selectFrom("private.webhook_inbox")
        .select("id")
        .where("received_at", ">=", range.from)
        .where("received_at", "<", range.to)
        .where("is_live", "=", range.isLive)
        .where("status", "<>", "pending")
        .$if(type !== undefined, (query) => query.where("type", "=", type ?? ""))
        .$if(status !== undefined, (query) => query.where("status", "=", status ?? ""))
        .orderBy("received_at")
        .orderBy("id")
        .limit(range.limit),
    )
    .returning(["subject", "received_at"])
    .execute();
}

/** How many events wait, how many are dead, and since when the oldest waits. */
export function countOpen(db: Db) {
  return (
    db
      .selectFrom("private.webhook_inbox")
      .select((eb) => [
        eb.fn.countAll<number>().filterWhere("status", "=", "pending").as("pending"),
        eb.fn.countAll<number>().filterWhere("status", "=", "dead").as("dead"),
        eb.fn.min("received_at").filterWhere("status", "=", "pending").as("oldest_pending_at"),
      ])
      // Spelled as the partial indexes are, so that only open events are read.
      .where((eb) => eb.or([eb("status", "=", sql.lit("pending")), eb("status", "=", sql.lit("dead"))]))
      .executeTakeFirstOrThrow()
  );
}

/** What came in the last 24 hours, by type and status, the most frequent first. */
export function countLastDay(db: Db) {
  return db
    .selectFrom("private.webhook_inbox")
    .select((eb) => ["type", "status", eb.fn.countAll<number>().as("count")])
    .where("received_at", ">", sql<Date>`now() - interval '24 hours'`)
    .groupBy(["type", "status"])
    .orderBy("count", "desc")
    .limit(500)
    .execute();
}

/** How much is open, since when the oldest event waits, and for how long one that is due has not been taken, by the database's clock. */
export function measureOpen(db: Db) {
  return (
    db
      .selectFrom("private.webhook_inbox")
      .select([
        sql<number>`count(*) filter (where status = 'pending')`.as("pending"),
        sql<number>`count(*) filter (where status = 'dead')`.as("dead"),
        sql<
          number | null
        >`extract(epoch from ${wallClock} - min(received_at) filter (where status = 'pending'))::float8`.as(
          "oldestSec",
        ),
        sql<
          number | null
        >`extract(epoch from ${wallClock} - min(due_at) filter (where status = 'pending' and due_at <= ${wallClock}))::float8`.as(
          "overdueSec",
        ),
      ])
      // Spelled as the partial indexes are, so that only open events are read.
      .where(sql<boolean>`status = 'pending' or status = 'dead'`)
      .executeTakeFirstOrThrow()
  );
}

/** Deletes up to `maxRows` events closed for more than `keepDays`, by the one function that may. Returns how many. */
export async function deleteClosedEvents(db: Db, keepDays: number, maxRows: number): Promise<number> {
  const { rows } = await sql<{ deleted: number }>`
    select private.delete_closed_webhook_events(make_interval(days => ${keepDays}), ${maxRows}) as deleted`.execute(db);
  return rows[0]?.deleted ?? 0;
}
