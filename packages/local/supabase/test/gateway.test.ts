import { request } from "node:http";
import { SignJWT, generateKeyPair } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PASSWORD, createConfirmed, newEmail, signIn } from "./support/accounts.ts";
import { raw } from "./support/raw-request.ts";
import { type Project, startProject } from "./support/start-project.ts";

let project: Project;
beforeAll(async () => {
  project = await startProject();
});
afterAll(() => project.stop());

const WRONG = { email: "nobody@example.com", password: "x" };

test("errors have the shape of the API version that the client asks for", async () => {
  const older = await raw(project, "POST", "/token?grant_type=password", { body: WRONG });
  expect(older.json).toEqual({ code: 400, error_code: "invalid_credentials", msg: "Invalid login credentials" });
  expect(older.headers.get("x-sb-error-code")).toBe("invalid_credentials");
  for (const version of ["2024-01-01", "2025-06-01"]) {
    const headers = { "x-supabase-api-version": version };
    const newer = await raw(project, "POST", "/token?grant_type=password", { body: WRONG, headers });
    expect(newer.json).toEqual({ code: "invalid_credentials", message: "Invalid login credentials" });
    expect(newer.headers.get("x-supabase-api-version")).toBe("2024-01-01");
  }
  const odd = await raw(project, "POST", "/token?grant_type=password", {
    body: WRONG,
    headers: { "x-supabase-api-version": "newest" },
  });
  expect(odd.json).toEqual(older.json);
});

test("a weak password carries its reasons in both shapes", async () => {
  const body = { email: newEmail(), password: "x" };
  const older = await raw(project, "POST", "/signup", { body });
  expect(older.json).toMatchObject({ code: 422, error_code: "weak_password", weak_password: { reasons: ["length"] } });
  const newer = await raw(project, "POST", "/signup", { body, headers: { "x-supabase-api-version": "2024-01-01" } });
  expect(newer.json).toMatchObject({ code: "weak_password", weak_password: { reasons: ["length"] } });
});

test("without an API key nothing but the JWKS and mail links is served", async () => {
  const call = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${project.supabase.url}/auth/v1${path}`, { headers, redirect: "manual" });
  expect((await call("/.well-known/jwks.json")).status).toBe(200);
  expect((await call("/verify?token=x&type=signup")).status).toBe(303);
  for (const path of ["/health", "/settings", "/user", "/admin/users"]) {
    const none = await call(path);
    expect([none.status, await none.json()]).toMatchObject([401, { message: "No API key found in request" }]);
    const wrong = await call(path, { apikey: "wrong" });
    expect([wrong.status, await wrong.json()]).toMatchObject([401, { message: "Invalid API key" }]);
  }
  expect((await call(`/health?apikey=${project.supabase.anonKey}`)).status).toBe(200);
});

test("the JWKS shows the public half of one ES256 key", async () => {
  const { json } = await raw(project, "GET", "/.well-known/jwks.json");
  expect(json).toEqual({
    keys: [expect.objectContaining({ kty: "EC", crv: "P-256", alg: "ES256", use: "sig", kid: expect.any(String) })],
  });
  expect(JSON.stringify(json)).not.toContain('"d"');
});

test("supabase-js verifies a token locally with getClaims", async () => {
  const { email } = await createConfirmed(project);
  const { client, session } = await signIn(project, email);
  const { data, error } = await client.auth.getClaims(session.access_token);
  expect(error).toBeNull();
  expect(data?.claims).toMatchObject({ email, role: "authenticated", aal: "aal1" });
  expect(data?.header.alg).toBe("ES256");
});

test("settings and health describe the project", async () => {
  expect((await raw(project, "GET", "/settings")).json).toMatchObject({
    external: { email: true, phone: false, google: false },
    mailer_autoconfirm: false,
    disable_signup: false,
  });
  expect((await raw(project, "GET", "/health")).json).toMatchObject({ name: "GoTrue" });
});

test("browsers of any origin may call, with the headers supabase-js sends", async () => {
  const preflight = await fetch(`${project.supabase.url}/auth/v1/token?grant_type=password`, {
    method: "OPTIONS",
    headers: { origin: "http://127.0.0.1:5173", "access-control-request-method": "POST" },
  });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get("access-control-allow-origin")).toBe("*");
  const allowed = preflight.headers.get("access-control-allow-headers");
  for (const header of ["apikey", "authorization", "x-client-info", "x-supabase-api-version", "content-type"]) {
    expect(allowed).toContain(header);
  }
  const answer = await raw(project, "GET", "/health", { headers: { origin: "http://127.0.0.1:5173" } });
  expect(answer.headers.get("access-control-expose-headers")).toContain("x-total-count");
});

test.each([
  ["not JSON", "{", 400, "bad_json"],
  ["empty", "", 400, "bad_json"],
  ["a form", "email=a%40b.c&password=x", 400, "bad_json"],
  ["a list", "[]", 400, "bad_json"],
  [
    "NUL in a value",
    JSON.stringify({ email: newEmail(), password: PASSWORD, data: { a: "\0" } }),
    400,
    "validation_failed",
  ],
  [
    "NUL in a key",
    JSON.stringify({ email: newEmail(), password: PASSWORD, data: { "\0": 1 } }),
    400,
    "validation_failed",
  ],
  ["half a surrogate", '{"email":"a@b.c","password":"password1","data":{"a":"\\ud800"}}', 400, "validation_failed"],
  ["20 000 levels", `{"data":${"[".repeat(20_000)}${"]".repeat(20_000)}}`, 400, "bad_json"],
  ["2 MiB", JSON.stringify({ email: newEmail(), password: "x".repeat(2 * 1024 * 1024) }), 413, "bad_json"],
])("a body that is %s is refused with a code and no stack", async (_name, body, status, code) => {
  const answer = await raw(project, "POST", "/signup", { body, headers: { "content-type": "application/json" } });
  expect(answer).toMatchObject({ status, json: { error_code: code } });
  expect(answer.text).not.toMatch(/\bat \S+ \(|node_modules|\.ts:/);
});

test("keys that mean something to JavaScript are only data", async () => {
  const email = newEmail();
  const body = `{"email":"${email}","password":"${PASSWORD}","data":{"__proto__":{"x":1},"constructor":{"y":2}}}`;
  const answer = await raw(project, "POST", "/signup", { body });
  expect(answer.status).toBe(200);
  expect(Object.hasOwn({}, "x") || "x" in {}).toBe(false);
  expect(answer.json).toMatchObject({ user_metadata: { constructor: { y: 2 } } });
  expect(answer.text).not.toContain("__proto__");
});

test("unknown paths and methods are not found, inside and outside of /auth/v1", async () => {
  expect((await raw(project, "GET", "/nothing")).status).toBe(404);
  expect((await raw(project, "GET", "/signup")).status).toBe(404);
  expect((await fetch(`${project.supabase.url}/storage/v1/bucket`)).status).toBe(404);
  const headers = { authorization: `Bearer ${project.supabase.serviceKey}` };
  const odd = await raw(project, "GET", "/admin/users/%ff", { headers });
  expect(odd).toMatchObject({ status: 400, json: { error_code: "validation_failed" } });
  expect((await raw(project, "GET", "//[/x")).status).toBe(404);
});

test("the server listens on loopback only and does not name its software", async () => {
  expect(new URL(project.supabase.url).hostname).toBe("127.0.0.1");
  const answer = await raw(project, "GET", "/health");
  expect(answer.headers.get("x-powered-by")).toBeNull();
  expect(answer.headers.get("cache-control")).toBe("no-store");
});

test("a Host header from elsewhere does not reach the links", async () => {
  const email = newEmail();
  const body = JSON.stringify({ email, password: PASSWORD });
  await new Promise<void>((resolve, reject) => {
    const call = request(`${project.supabase.url}/auth/v1/signup`, {
      method: "POST",
      headers: { host: "evil.example", "x-forwarded-host": "evil.example", apikey: project.supabase.anonKey },
    });
    call.on("response", (response) => response.resume().on("end", resolve));
    call.on("error", reject);
    call.end(body);
  });
  expect(project.inbox.last(email).link?.origin).toBe(project.supabase.url);
});

test("tokens of others are refused: wrong key, alg none, HS256 with the public key, a changed byte, expired", async () => {
  const { email } = await createConfirmed(project);
  const { session } = await signIn(project, email);
  const [header = "", payload = "", signature = ""] = session.access_token.split(".");
  const { privateKey } = await generateKeyPair("ES256");
  const foreign = await new SignJWT({ sub: session.user.id, role: "service_role" })
    .setProtectedHeader({ alg: "ES256" })
    .setExpirationTime("1h")
    .sign(privateKey);
  const { json: jwks } = await raw(project, "GET", "/.well-known/jwks.json");
  const symmetric = await new SignJWT({ sub: session.user.id, role: "service_role" })
    .setProtectedHeader({ alg: "HS256" })
    .setExpirationTime("1h")
    .sign(Buffer.from(JSON.stringify(jwks)));
  const none = `${Buffer.from('{"alg":"none","typ":"JWT"}').toString("base64url")}.${payload}.`;
  const changed = `${header}.${payload}.${signature.startsWith("A") ? "B" : "A"}${signature.slice(1)}`;
  for (const token of [foreign, symmetric, none, changed, "x.y.z", session.refresh_token]) {
    for (const path of ["/user", "/admin/users"]) {
      const answer = await raw(project, "GET", path, { headers: { authorization: `Bearer ${token}` } });
      expect(answer).toMatchObject({ status: 403, json: { error_code: "bad_jwt" } });
    }
  }
  project.advance(3601);
  const expired = await raw(project, "GET", "/user", { headers: { authorization: `Bearer ${session.access_token}` } });
  expect(expired).toMatchObject({ status: 403, json: { error_code: "bad_jwt" } });
});

test("the API keys are no users, and a missing token has its own code", async () => {
  for (const key of [project.supabase.anonKey, project.supabase.serviceKey]) {
    const answer = await raw(project, "GET", "/user", { headers: { authorization: `Bearer ${key}` } });
    expect(answer).toMatchObject({ status: 403, json: { msg: "invalid claim: missing sub claim" } });
  }
  expect(await raw(project, "GET", "/user")).toMatchObject({ status: 401, json: { error_code: "no_authorization" } });
});
