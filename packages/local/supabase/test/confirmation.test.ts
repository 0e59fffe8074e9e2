import { afterAll, beforeAll, expect, test } from "vitest";
import { tokenHashLink } from "../src/index.ts";
import { PASSWORD, newEmail } from "./support/accounts.ts";
import { raw } from "./support/raw-request.ts";
import { type Project, SITE, startProject } from "./support/start-project.ts";

let project: Project;
beforeAll(async () => {
  project = await startProject({ mailIntervalSec: 60 });
});
afterAll(() => project.stop());

async function signUp(email: string, emailRedirectTo?: string) {
  const { data, error } = await project.client().auth.signUp({
    email,
    password: PASSWORD,
    options: { data: { name: "Ada" }, ...(emailRedirectTo !== undefined && { emailRedirectTo }) },
  });
  if (error) throw error;
  return data;
}

function linkOf(email: string): URL {
  const { link } = project.inbox.last(email);
  if (!link) throw new Error("the mail has no link");
  return link;
}

test("a sign-up opens no session and mails a link and a code, in text and HTML", async () => {
  const email = newEmail();
  const data = await signUp(email);
  expect(data.session).toBeNull();
  expect(data.user).toMatchObject({ email, user_metadata: { name: "Ada" } });
  expect(data.user?.confirmed_at).toBeUndefined();
  const mail = project.inbox.last(email);
  expect(mail.subject).toBe("Confirm your email address");
  expect(mail.otp).toMatch(/^\d{6}$/);
  expect(mail.html).toContain(mail.otp);
  const link = linkOf(email);
  expect(link.href).toContain(`${project.supabase.url}/auth/v1/verify?token=`);
  expect(link.searchParams.get("token")).toMatch(/^[0-9a-f]{56}$/);
  expect(link.searchParams.get("type")).toBe("signup");
  expect(link.searchParams.get("redirect_to")).toBe(SITE);
});

test("before the confirmation the right password is refused with email_not_confirmed", async () => {
  const email = newEmail();
  await signUp(email);
  const { error } = await project.client().auth.signInWithPassword({ email, password: PASSWORD });
  expect(error).toMatchObject({ status: 400, code: "email_not_confirmed" });
});

test("the hash of the link confirms the address and opens a session, once", async () => {
  const email = newEmail();
  await signUp(email);
  const tokenHash = linkOf(email).searchParams.get("token") ?? "";
  const { data, error } = await project.client().auth.verifyOtp({ token_hash: tokenHash, type: "signup" });
  expect(error).toBeNull();
  expect(data.user?.email_confirmed_at).toBeTruthy();
  expect(data.user?.user_metadata).toMatchObject({ email_verified: true });
  expect(data.session?.access_token).toBeTruthy();
  const again = await project.client().auth.verifyOtp({ token_hash: tokenHash, type: "signup" });
  expect(again.error).toMatchObject({ status: 403, code: "otp_expired" });
});

test("of ten verifications with one hash at once exactly one succeeds", async () => {
  const email = newEmail();
  await signUp(email);
  const tokenHash = linkOf(email).searchParams.get("token") ?? "";
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => project.client().auth.verifyOtp({ token_hash: tokenHash, type: "email" })),
  );
  expect(answers.filter((answer) => answer.error === null)).toHaveLength(1);
  expect(answers.filter((answer) => answer.error?.code === "otp_expired")).toHaveLength(9);
});

test("address and code do the same as the link; a wrong code does not", async () => {
  const email = newEmail();
  await signUp(email);
  const { otp } = project.inbox.last(email);
  const wrong = await project
    .client()
    .auth.verifyOtp({ email, token: otp === "000000" ? "1" : "000000", type: "signup" });
  expect(wrong.error).toMatchObject({ status: 403, code: "otp_expired", message: "Token has expired or is invalid" });
  const right = await project.client().auth.verifyOtp({ email: email.toUpperCase(), token: otp, type: "signup" });
  expect(right.data.session?.user.email).toBe(email);
});

test("opening the link redirects to the site with the session in the fragment", async () => {
  const email = newEmail();
  await signUp(email, "http://127.0.0.1:9999/welcome?from=mail");
  const link = linkOf(email);
  const answer = await fetch(link, { redirect: "manual" });
  expect(answer.status).toBe(303);
  const target = new URL(answer.headers.get("location") ?? "");
  expect(`${target.origin}${target.pathname}${target.search}`).toBe("http://127.0.0.1:9999/welcome?from=mail");
  const fragment = new URLSearchParams(target.hash.slice(1));
  expect(fragment.get("type")).toBe("signup");
  const { data } = await project.client().auth.getUser(fragment.get("access_token") ?? "");
  expect(data.user?.email).toBe(email);

  const again = await fetch(link, { redirect: "manual" });
  const error = new URLSearchParams(new URL(again.headers.get("location") ?? "").hash.slice(1));
  expect(Object.fromEntries(error)).toEqual({
    error: "access_denied",
    error_code: "otp_expired",
    error_description: "Email link is invalid or has expired",
  });
});

test.each([
  "https://evil.example/",
  "http://127.0.0.1:5173@evil.example/",
  "http://127.0.0.1.evil.example:9999/",
  "//evil.example",
  "https:evil.example",
  "javascript:alert(1)",
  "http://127.0.0.1:9999\\@evil.example/",
])("a redirect to %s is replaced by the site", async (target) => {
  const email = newEmail();
  await signUp(email, target);
  expect(linkOf(email).searchParams.get("redirect_to")).toBe(SITE);
});

test("a link older than its lifetime is refused", async () => {
  const email = newEmail();
  await signUp(email);
  project.advance(3601);
  const tokenHash = linkOf(email).searchParams.get("token") ?? "";
  const { error } = await project.client().auth.verifyOtp({ token_hash: tokenHash, type: "signup" });
  expect(error).toMatchObject({ status: 403, code: "otp_expired" });
});

test("a mail that cannot be delivered is a 500, and the next request may send at once", async () => {
  const email = newEmail();
  await project.restart({ smtpUrl: "smtp://127.0.0.1:1" });
  const failed = await raw(project, "POST", "/signup", { body: { email, password: PASSWORD } });
  expect(failed).toMatchObject({
    status: 500,
    json: { error_code: "unexpected_failure", msg: "Error sending signup email" },
  });
  expect(project.errors).toHaveLength(1);
  await project.restart();
  await signUp(email);
  expect(linkOf(email).searchParams.get("type")).toBe("signup");
});

test("with tokenHashLink the mail leads to the product's own page, which redeems the hash", async () => {
  await project.restart({ linkTemplate: tokenHashLink });
  const email = newEmail();
  await signUp(email, `${SITE}/confirm?from=mail`);
  const link = linkOf(email);
  expect(`${link.origin}${link.pathname}`).toBe(`${SITE}/confirm`);
  expect([link.searchParams.get("from"), link.searchParams.get("type")]).toEqual(["mail", "signup"]);
  const verified = await project.client().auth.verifyOtp({
    token_hash: link.searchParams.get("token_hash") ?? "",
    type: "email",
  });
  expect(verified.data.session?.user.email).toBe(email);
  await project.restart();
});
