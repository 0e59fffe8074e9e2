import { createRemoteJWKSet, jwtVerify } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PASSWORD, newEmail } from "./support/accounts.ts";
import { type Project, startProject } from "./support/start-project.ts";

let project: Project;
beforeAll(async () => {
  project = await startProject({ autoconfirm: true, issueTokensForSec: 900 });
});
afterAll(() => project.stop());

test("with autoconfirm a sign-up answers with a session whose token verifies against the JWKS", async () => {
  const email = newEmail();
  const { data, error } = await project
    .client()
    .auth.signUp({ email, password: PASSWORD, options: { data: { a: 1 } } });
  expect(error).toBeNull();
  expect(data.session).toMatchObject({ token_type: "bearer", expires_in: 900 });
  const jwks = createRemoteJWKSet(new URL(`${project.supabase.issuer}/.well-known/jwks.json`));
  const { payload, protectedHeader } = await jwtVerify(data.session?.access_token ?? "", jwks);
  expect(protectedHeader.alg).toBe("ES256");
  expect(payload).toEqual({
    iss: `${project.supabase.url}/auth/v1`,
    sub: data.user?.id,
    aud: "authenticated",
    iat: expect.any(Number),
    exp: (payload.iat ?? 0) + 900,
    email,
    phone: "",
    app_metadata: { provider: "email", providers: ["email"] },
    user_metadata: { a: 1, sub: data.user?.id, email, email_verified: true, phone_verified: false },
    role: "authenticated",
    aal: "aal1",
    amr: [{ method: "password", timestamp: expect.any(Number) }],
    session_id: expect.any(String),
    is_anonymous: false,
  });
});

test("the user of the session is answered with its identity", async () => {
  const client = project.client();
  const email = newEmail();
  await client.auth.signUp({ email: email.toUpperCase(), password: PASSWORD });
  const { data } = await client.auth.getUser();
  expect(data.user).toMatchObject({ email, role: "authenticated", aud: "authenticated" });
  expect(data.user?.identities).toHaveLength(1);
  expect(data.user?.identities?.[0]).toMatchObject({
    provider: "email",
    identity_data: { email, email_verified: true },
  });
});

test("a password signs in whatever the case of the address", async () => {
  const email = newEmail();
  await project.client().auth.signUp({ email, password: PASSWORD });
  const { data, error } = await project
    .client()
    .auth.signInWithPassword({ email: email.toUpperCase(), password: PASSWORD });
  expect(error).toBeNull();
  expect(data.user?.email).toBe(email);
});

test("with autoconfirm signing up again says that the user exists", async () => {
  const email = newEmail();
  await project.client().auth.signUp({ email, password: PASSWORD });
  const { error } = await project.client().auth.signUp({ email, password: PASSWORD });
  expect(error).toMatchObject({ status: 422, code: "user_already_exists" });
});

test("twenty sign-ups with one address at once make one user", async () => {
  const email = newEmail();
  await Promise.all(Array.from({ length: 20 }, () => project.client().auth.signUp({ email, password: PASSWORD })));
  const { rows } = await project.sql.query("select count(*)::int as users from auth.users where email = $1", [email]);
  expect(rows).toEqual([{ users: 1 }]);
  expect(project.errors).toEqual([]);
});
