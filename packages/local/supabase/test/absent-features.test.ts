import { afterAll, beforeAll, expect, test } from "vitest";
import { createConfirmed, signIn } from "./support/accounts.ts";
import { type Project, startProject } from "./support/start-project.ts";

let project: Project;
beforeAll(async () => {
  project = await startProject();
});
afterAll(() => project.stop());

test("anonymous, phone and SSO sign-in answer as where they are switched off", async () => {
  const { auth } = project.client();
  expect((await auth.signInAnonymously()).error).toMatchObject({ status: 422, code: "anonymous_provider_disabled" });
  const phone = "+15550100";
  const disabled = { status: 400, code: "phone_provider_disabled" };
  expect((await auth.signUp({ phone, password: "password1" })).error).toMatchObject(disabled);
  expect((await auth.signInWithPassword({ phone, password: "password1" })).error).toMatchObject(disabled);
  expect((await auth.signInWithOtp({ phone })).error).toMatchObject(disabled);
  expect((await auth.signInWithSSO({ domain: "example.com" })).error).toMatchObject({
    status: 404,
    code: "saml_provider_disabled",
  });
});

test("an OAuth provider's page is refused with a code instead of a redirect", async () => {
  const { data } = await project
    .client()
    .auth.signInWithOAuth({ provider: "github", options: { skipBrowserRedirect: true } });
  const answer = await fetch(data.url ?? "", { redirect: "manual" });
  expect([answer.status, await answer.json()]).toMatchObject([400, { error_code: "validation_failed" }]);
});

test("second factors and linked identities answer as where they are switched off", async () => {
  const { email } = await createConfirmed(project);
  const { client } = await signIn(project, email);
  expect((await client.auth.mfa.enroll({ factorType: "totp" })).error).toMatchObject({
    status: 422,
    code: "mfa_totp_enroll_not_enabled",
  });
  expect((await client.auth.linkIdentity({ provider: "github" })).error).toMatchObject({
    status: 404,
    code: "manual_linking_disabled",
  });
});

test("a client that asks for PKCE is told so at the first request", async () => {
  const client = project.client("pkce");
  const { error } = await client.auth.signUp({ email: "a@b.c", password: "password1" });
  expect(error).toMatchObject({ status: 400, code: "validation_failed" });
  expect(error?.message).toContain("flowType 'implicit'");
});
