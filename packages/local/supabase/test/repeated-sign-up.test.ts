import { afterAll, beforeAll, expect, test } from "vitest";
import { PASSWORD, newEmail, signUpConfirmed } from "./support/accounts.ts";
import { raw } from "./support/raw-request.ts";
import { type Project, startProject } from "./support/start-project.ts";

let project: Project;
beforeAll(async () => {
  project = await startProject({ mailIntervalSec: 60 });
});
afterAll(() => project.stop());

async function signUp(email: string) {
  const { data, error } = await project.client().auth.signUp({ email, password: PASSWORD });
  if (error) throw error;
  return data;
}

function linkOf(email: string): URL {
  const { link } = project.inbox.last(email);
  if (!link) throw new Error("the mail has no link");
  return link;
}

test("signing up again for a confirmed address answers a made-up user, mails nothing and changes nothing", async () => {
  const { email, session } = await signUpConfirmed(project);
  const before = project.inbox.mails.length;
  const { data, error } = await project.client().auth.signUp({ email, password: "another password" });
  expect(error).toBeNull();
  expect(data.session).toBeNull();
  expect(data.user).toMatchObject({ email, identities: [] });
  expect(data.user?.id).not.toBe(session.user.id);
  expect(project.inbox.mails).toHaveLength(before);
  const { error: signIn } = await project.client().auth.signInWithPassword({ email, password: PASSWORD });
  expect(signIn).toBeNull();
});

test("signing up again before the confirmation mails a new link, keeps the first password, and the old link ends", async () => {
  const email = newEmail();
  const first = await signUp(email);
  const oldHash = linkOf(email).searchParams.get("token") ?? "";
  project.advance(61);
  const { data } = await project.client().auth.signUp({ email, password: "another password" });
  expect(data.user?.id).toBe(first.user?.id);
  const newHash = linkOf(email).searchParams.get("token") ?? "";
  const old = await project.client().auth.verifyOtp({ token_hash: oldHash, type: "signup" });
  expect(old.error?.code).toBe("otp_expired");
  expect((await project.client().auth.verifyOtp({ token_hash: newHash, type: "signup" })).error).toBeNull();
  expect((await project.client().auth.signInWithPassword({ email, password: PASSWORD })).error).toBeNull();
});

test("mails of one kind to one user keep their distance, also when asked for at once", async () => {
  const email = newEmail();
  await signUp(email);
  const tooSoon = await project.client().auth.resend({ type: "signup", email });
  expect(tooSoon.error).toMatchObject({ status: 429, code: "over_email_send_rate_limit" });
  expect(tooSoon.error?.message).toMatch(/^For security purposes, you can only request this after (60|59) seconds\.$/);
  project.advance(61);
  const before = project.inbox.mails.length;
  const answers = await Promise.all(
    Array.from({ length: 5 }, () => project.client().auth.resend({ type: "signup", email })),
  );
  expect(answers.filter((answer) => answer.error === null)).toHaveLength(1);
  expect(project.inbox.mails).toHaveLength(before + 1);
});

test("resend is silent about unknown and confirmed addresses, and names a wrong type", async () => {
  const { email } = await signUpConfirmed(project);
  const before = project.inbox.mails.length;
  expect((await project.client().auth.resend({ type: "signup", email })).error).toBeNull();
  expect((await project.client().auth.resend({ type: "signup", email: newEmail() })).error).toBeNull();
  expect(project.inbox.mails).toHaveLength(before);
  const wrong = await raw(project, "POST", "/resend", { body: { type: "recovery", email } });
  expect(wrong).toMatchObject({ status: 400, json: { error_code: "validation_failed" } });
});
