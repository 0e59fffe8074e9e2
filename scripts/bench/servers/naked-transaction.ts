import type { Pool, QueryResult } from "pg";
import type { Organization } from "./shapes.ts";
import { openingAs, selectMembership } from "./sql.ts";

/** The organization of a member, read as that member under row level security: three messages, one after the other. */
export async function readAsMember(pool: Pool, userId: string, organizationId: string): Promise<Organization> {
  const claims = { role: "authenticated", sub: userId, session_id: userId, aal: "aal1", turnpike: { vouched: true } };
  const client = await pool.connect();
  try {
    await client.query(openingAs(client.escapeLiteral(JSON.stringify(claims))));
    const result: QueryResult<Organization> = await client.query(selectMembership, [userId, organizationId]);
    await client.query("commit");
    return only(result.rows);
  } finally {
    client.release();
  }
}

/** The same organization, read by one who may see everything: one statement. */
export async function readAsOwner(pool: Pool, userId: string, organizationId: string): Promise<Organization> {
  return only((await pool.query<Organization>(selectMembership, [userId, organizationId])).rows);
}

function only<T>([row]: T[]): T {
  if (row === undefined) throw new Error("There is no such membership.");
  return row;
}
