import { afterAll, beforeAll, expect, test } from "vitest";
import { createConfirmed, signIn } from "./support/accounts.ts";
import { raw } from "./support/raw-request.ts";
import { type Project, startProject } from "./support/start-project.ts";

let project: Project;
beforeAll(async () => {
  project = await startProject();
});
afterAll(() => project.stop());

async function newSession() {
  const { email, id } = await createConfirmed(project);
  const { session } = await signIn(project, email);
  return { email, id, session };
}

async function refresh(refreshToken: string) {
  return project.client().auth.refreshSession({ refresh_token: refreshToken });
}

test("a refresh rotates the token and keeps the session", async () => {
  const { session } = await newSession();
  const { data, error } = await refresh(session.refresh_token);
  expect(error).toBeNull();
  expect(data.session?.refresh_token).not.toBe(session.refresh_token);
  expect(sessionId(data.session?.access_token)).toBe(sessionId(session.access_token));
  expect(data.user?.id).toBe(session.user.id);
});

test("the parent of the active token answers with the active token, even long after", async () => {
  const { session } = await newSession();
  const first = await refresh(session.refresh_token);
  project.advance(3600);
  const again = await refresh(session.refresh_token);
  expect(again.error).toBeNull();
  expect(again.data.session?.refresh_token).toBe(first.data.session?.refresh_token);
});

test("ten refreshes with one token at once all answer with the same new token", async () => {
  const { session } = await newSession();
  const answers = await Promise.all(Array.from({ length: 10 }, () => refresh(session.refresh_token)));
  const tokens = new Set(answers.map((answer) => answer.data.session?.refresh_token));
  expect(answers.map((answer) => answer.error)).toEqual(Array.from({ length: 10 }, () => null));
  expect(tokens.size).toBe(1);
  expect(tokens.has(session.refresh_token)).toBe(false);
});

test("an old token within the reuse interval is forgiven", async () => {
  const { session } = await newSession();
  const first = await refresh(session.refresh_token);
  await refresh(first.data.session?.refresh_token ?? "");
  project.advance(9);
  expect((await refresh(session.refresh_token)).error).toBeNull();
});

test("an old token after the reuse interval ends the family, and that stays although the answer is an error", async () => {
  const { session } = await newSession();
  const first = await refresh(session.refresh_token);
  const second = await refresh(first.data.session?.refresh_token ?? "");
  project.advance(11);
  const replay = await refresh(session.refresh_token);
  expect(replay.error).toMatchObject({ status: 400, code: "refresh_token_already_used" });
  // The thief's copy and the owner's newest token are both dead, also right after the revocation.
  for (const token of [session, first.data.session, second.data.session]) {
    const { error } = await refresh(token?.refresh_token ?? "");
    expect(error).toMatchObject({ status: 400, code: "refresh_token_already_used" });
  }
});

test("one family's end leaves the user's other sessions alone", async () => {
  const { email, session } = await newSession();
  const other = await signIn(project, email);
  const first = await refresh(session.refresh_token);
  await refresh(first.data.session?.refresh_token ?? "");
  project.advance(11);
  expect((await refresh(session.refresh_token)).error?.code).toBe("refresh_token_already_used");
  expect((await refresh(other.session.refresh_token)).error).toBeNull();
});

test("an unknown token, a banned user and an expired session have their codes", async () => {
  expect((await refresh("no-such-token")).error).toMatchObject({ status: 400, code: "refresh_token_not_found" });

  const banned = await newSession();
  await project.admin.auth.admin.updateUserById(banned.id, { ban_duration: "1h" });
  expect((await refresh(banned.session.refresh_token)).error).toMatchObject({ status: 400, code: "user_banned" });

  const expired = await newSession();
  await project.sql.query("update auth.sessions set not_after = '2000-01-01' where id = $1", [
    sessionId(expired.session.access_token),
  ]);
  expect((await refresh(expired.session.refresh_token)).error).toMatchObject({ status: 400, code: "session_expired" });
});

test("a request without a token answers in the shape of OAuth", async () => {
  const answer = await raw(project, "POST", "/token?grant_type=refresh_token", { body: {} });
  expect(answer).toMatchObject({
    status: 400,
    json: { error: "invalid_request", error_description: "refresh_token required" },
  });
});

test("a refreshed token carries what changed about the user meanwhile", async () => {
  const { id, session } = await newSession();
  await project.admin.auth.admin.updateUserById(id, { app_metadata: { plan: "pro" } });
  const { data } = await refresh(session.refresh_token);
  expect(claimsOf(data.session?.access_token)).toMatchObject({ app_metadata: { plan: "pro", provider: "email" } });
});

function sessionId(accessToken: string | undefined): unknown {
  return claimsOf(accessToken)["session_id"];
}

function claimsOf(accessToken: string | undefined): Record<string, unknown> {
  const claims: unknown = JSON.parse(Buffer.from(accessToken?.split(".")[1] ?? "", "base64url").toString());
  return Object.fromEntries(Object.entries(claims ?? {}));
}
