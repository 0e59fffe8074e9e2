import { sql } from "kysely";
import type { Tx } from "@turnpike/core";

/** A membership joined with its organization. */
export interface MembershipRow {
  id: string;
  name: string;
  role: string;
  isPersonal: boolean;
  createdAt: Date;
}

function memberships(db: Tx["db"], userId: string) {
  return db
    .selectFrom("organization_members as member")
    .innerJoin("organizations as organization", "organization.id", "member.organization_id")
    .where("member.user_id", "=", userId)
    .select([
      "organization.id",
      "organization.name",
      "member.role",
      "organization.created_at as createdAt",
      sql<boolean>`organization.personal_user_id is not distinct from ${userId}::uuid`.as("isPersonal"),
    ]);
}

/** The organizations of a person, oldest first, after the one whose id is `cursor`. */
export function listMemberships(
  db: Tx["db"],
  params: { userId: string; cursor: string | null; limit: number },
): Promise<MembershipRow[]> {
  const query = memberships(db, params.userId)
    .orderBy("organization.created_at")
    .orderBy("organization.id")
    .limit(params.limit);
  if (params.cursor === null) return query.execute();
  return query
    .where(
      sql<boolean>`(organization.created_at, organization.id) >
        (select o.created_at, o.id from public.organizations o where o.id = ${params.cursor}::uuid)`,
    )
    .execute();
}

/** One organization of a person: the one of this id, or with null the personal one. */
export function findMembership(
  db: Tx["db"],
  params: { userId: string; organizationId: string | null },
): Promise<MembershipRow | undefined> {
  const query = memberships(db, params.userId);
  if (params.organizationId === null)
    return query.where("organization.personal_user_id", "=", params.userId).executeTakeFirst();
  return query.where("organization.id", "=", params.organizationId).executeTakeFirst();
}

/** An organization by id, whoever is in it; row level security decides whether the caller sees it. */
export function findOrganizationRow(
  db: Tx["db"],
  organizationId: string,
): Promise<{ id: string; name: string } | undefined> {
  return db.selectFrom("organizations").select(["id", "name"]).where("id", "=", organizationId).executeTakeFirst();
}

/** Somebody's place in an organization; without a user that of its keys and of our own jobs. */
export interface Place {
  userId: string | null;
  organizationId: string;
}

/** The positions of those places that are not there (any more). For the service role. */
export async function listLostPlaces(db: Tx["db"], places: readonly Place[]): Promise<number[]> {
  const numbered = places.map((place, at) => ({ ...place, at }));
  const { rows } = await sql<{ at: number }>`
    select claimed.at
    from jsonb_to_recordset(${JSON.stringify(numbered)}::jsonb) as claimed (at int, "userId" uuid, "organizationId" uuid)
    where not exists (select from public.organizations as organization where organization.id = claimed."organizationId")
      or (claimed."userId" is not null and not exists (
        select from public.organization_members as member
        where member.user_id = claimed."userId" and member.organization_id = claimed."organizationId"
      ))`.execute(db);
  return rows.map(({ at }) => at);
}
