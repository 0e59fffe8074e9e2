import { createLog, createSupabaseClients, modules, openDeps } from "@turnpike/api";
import type { Env, SupabaseClients } from "@turnpike/core";
import { readEnv } from "@turnpike/core";
import { seedPlans } from "../../seed/seed-plans.ts";
import { query } from "./databases.ts";

/** A person with a session. */
export interface Member {
  userId: string;
  accessToken: string;
  organizationId: string;
}

/** Makes the plans of the demo, at Stripe and here. */
export async function seedPlansOf(env: Record<string, string>): Promise<void> {
  const open = await openDeps(envOf(env), modules, createLog("silent"));
  try {
    await seedPlans(open.deps);
  } finally {
    await open.close(0);
  }
}

/** Signs people up, each with a personal organization. One may make 600 calls a minute, so many calls need many people. */
export async function signUpMembers(env: Record<string, string>, ownerUrl: string, count: number): Promise<Member[]> {
  const clients = createSupabaseClients(envOf(env));
  const sessions: Omit<Member, "organizationId">[] = [];
  // A few at a time: each costs a password's hash.
  while (sessions.length < count)
    sessions.push(...(await Promise.all([signUp(clients), signUp(clients), signUp(clients), signUp(clients)])));
  const rows = await query(
    ownerUrl,
    "select personal_user_id as user_id, id from organizations where personal_user_id is not null",
  );
  const organizations = new Map(rows.map((row) => [row["user_id"], String(row["id"])]));
  return sessions.map((session) => {
    const organizationId = organizations.get(session.userId);
    if (organizationId === undefined) throw new Error("A person was signed up without an organization.");
    return { ...session, organizationId };
  });
}

async function signUp(clients: SupabaseClients): Promise<Omit<Member, "organizationId">> {
  const email = `${crypto.randomUUID()}@example.test`;
  const { data, error } = await clients.anonymous().auth.signUp({ email, password: crypto.randomUUID() });
  if (error || !data.session) throw new Error("The local Supabase gave no session.", { cause: error });
  return { userId: data.session.user.id, accessToken: data.session.access_token };
}

/** The environment as our server reads it, for calls from this process. */
function envOf(env: Record<string, string>): Env {
  return readEnv({ ...env, NODE_ENV: "test", ROLE: "web" });
}
