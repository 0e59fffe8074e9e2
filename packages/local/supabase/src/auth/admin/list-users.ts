import { sql } from "kysely";
import type { Auth } from "../auth.ts";
import type { JsonObject } from "../database.ts";
import { usersJson } from "../user-json.ts";

/** One page of users, newest first; `page` counts from 1, `filter` is part of an address or a full name. */
export async function listUsers(
  auth: Auth,
  input: { page: number; perPage: number; filter: string },
): Promise<{ users: JsonObject[]; total: number }> {
  let matching = auth.db.selectFrom("users");
  if (input.filter !== "") {
    const needle = input.filter.toLowerCase();
    matching = matching.where(
      sql<boolean>`strpos(lower(concat(email, ' ', raw_user_meta_data ->> 'full_name')), ${needle}) > 0`,
    );
  }
  const { total } = await matching
    .select((select) => select.fn.countAll<string>().as("total"))
    .executeTakeFirstOrThrow();
  const users = await matching
    .selectAll()
    .orderBy("created_at", "desc")
    .orderBy("id")
    .limit(input.perPage)
    .offset((input.page - 1) * input.perPage)
    .execute();
  return { users: await usersJson(auth.db, users), total: Number(total) };
}
