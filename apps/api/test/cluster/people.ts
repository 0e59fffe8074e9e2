import { z } from "zod";
import { openDatabase } from "@turnpike/database";
import type { Cluster } from "@turnpike/testing";
import { openCaller } from "./caller.ts";
import type { Caller } from "./caller.ts";

/** A customer of the cluster with an address of their own: limits count by it. */
export interface Person {
  userId: string;
  organizationId: string;
  email: string;
  call: Caller;
}

const password = "a password of the test 1";

/** Makes people with confirmed addresses, as operators where asked. They are not signed in. */
export async function makePeople(cluster: Cluster, count: number, isOperator = false): Promise<Person[]> {
  const people: Person[] = [];
  const database = openDatabase({ url: cluster.ownerUrl, max: 2 });
  try {
    for (let index = 0; index < count; index += 1) {
      const email = `${crypto.randomUUID()}@people.test`;
      const userId = await createUser(cluster, email);
      const { organizationId } = await database.db
        .selectFrom("organizations")
        .select("id as organizationId")
        .where("personal_user_id", "=", userId)
        .executeTakeFirstOrThrow();
      if (isOperator)
        await database.db.updateTable("profiles").set({ is_admin: true }).where("id", "=", userId).execute();
      const call = openCaller(cluster.url, `127.0.${1 + Math.floor(people.length / 200)}.${1 + (people.length % 200)}`);
      people.push({ userId, organizationId, email, call });
    }
  } finally {
    await database.close();
  }
  return people;
}

async function createUser({ supabase }: Cluster, email: string): Promise<string> {
  const response = await fetch(new URL("/auth/v1/admin/users", supabase.url), {
    method: "POST",
    headers: { apikey: supabase.serviceKey, authorization: `Bearer ${supabase.serviceKey}` },
    body: JSON.stringify({ email, password, email_confirm: true }),
  });
  return z.object({ id: z.uuid() }).parse(await response.json()).id;
}

const SignedIn = z.object({
  result: z.object({ data: z.object({ json: z.object({ session: z.object({ accessToken: z.string() }) }) }) }),
});

/** Signs somebody in through the API and returns the headers of their calls. */
export async function signIn({ call, email }: Person): Promise<Record<string, string>> {
  const { status, text } = await call.mutate("auth.signIn", { email, password });
  if (status !== 200) throw new Error(`signing in answered ${status}: ${text}`);
  return { authorization: `Bearer ${SignedIn.parse(JSON.parse(text)).result.data.json.session.accessToken}` };
}
