import { randomUUID } from "node:crypto";
import type { Session } from "@supabase/supabase-js";
import type { Client, Project } from "./start-project.ts";

export const PASSWORD = "correct horse battery";

/** An address nobody has used yet. */
export function newEmail(): string {
  return `user-${randomUUID()}@example.com`;
}

/** Signs a new user up, confirms the address through the mail, and returns the signed-in client. */
export async function signUpConfirmed(
  project: Project,
  email = newEmail(),
): Promise<{ email: string; client: Client; session: Session }> {
  const client = project.client();
  const { error } = await client.auth.signUp({ email, password: PASSWORD });
  if (error) throw error;
  const tokenHash = project.inbox.last(email).link?.searchParams.get("token") ?? "";
  const verified = await client.auth.verifyOtp({ token_hash: tokenHash, type: "signup" });
  if (verified.error) throw verified.error;
  if (!verified.data.session) throw new Error("the confirmation opened no session");
  return { email, client, session: verified.data.session };
}

/** A user the service role made: confirmed, with the usual password. */
export async function createConfirmed(project: Project, email = newEmail()): Promise<{ email: string; id: string }> {
  const { data, error } = await project.admin.auth.admin.createUser({ email, password: PASSWORD, email_confirm: true });
  if (error) throw error;
  return { email, id: data.user.id };
}

/** Signs in with the usual password on a client of its own. */
export async function signIn(project: Project, email: string): Promise<{ client: Client; session: Session }> {
  const client = project.client();
  const { data, error } = await client.auth.signInWithPassword({ email, password: PASSWORD });
  if (error) throw error;
  return { client, session: data.session };
}
