import { sql } from "kysely";
import type { Tx } from "@turnpike/core";

/** A place in an organization's events: everything up to its sequence has been seen. */
export interface Place {
  id: string;
  sequence: number;
}

/** An event as a stream hands it over. */
export interface EventRow extends Place {
  name: string;
  occurredAt: Date;
  data: unknown;
}

function eventsOf(db: Tx["db"], organizationId: string) {
  return db.selectFrom("private.events").where("organization_id", "=", organizationId);
}

/** The newest event of an organization. For the service role, as all here. */
export function findNewestPlace(db: Tx["db"], organizationId: string): Promise<Place | undefined> {
  return eventsOf(db, organizationId)
    .select(["id", "sequence"])
    .orderBy("sequence", "desc")
    .limit(1)
    .executeTakeFirst();
}

/** The place of an event, when it is one of this organization's. */
export function findPlace(db: Tx["db"], organizationId: string, id: string): Promise<Place | undefined> {
  return eventsOf(db, organizationId).select(["id", "sequence"]).where("id", "=", id).executeTakeFirst();
}

/** The events of an organization after a place, in order. */
export function listEventsAfter(
  db: Tx["db"],
  params: { organizationId: string; sequence: number; limit: number },
): Promise<EventRow[]> {
  return eventsOf(db, params.organizationId)
    .select(["id", "sequence", "name", "occurred_at as occurredAt", "data"])
    .where("sequence", ">", params.sequence)
    .orderBy("sequence")
    .limit(params.limit)
    .execute();
}

/** Which organizations have events after the sequence that stands with them. */
export async function listOrganizationsWithNews(
  db: Tx["db"],
  places: readonly { organizationId: string; sequence: number }[],
): Promise<string[]> {
  const { rows } = await sql<{ organizationId: string }>`
    select known."organizationId"
    from jsonb_to_recordset(${JSON.stringify(places)}::jsonb) as known ("organizationId" uuid, sequence bigint)
    where exists (
      select from private.events as event
      where event.organization_id = known."organizationId" and event.sequence > known.sequence
    )`.execute(db);
  return rows.map(({ organizationId }) => organizationId);
}
