import { createHash, createHmac, randomUUID } from "node:crypto";
import { exportSPKI, importJWK, SignJWT } from "jose";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { createTokenVerifier } from "../src/index.ts";
import type { KeyServer, TestKey } from "./key-server.ts";
import { makeKey, serveKeys, sign } from "./key-server.ts";

const issuer = "http://auth.test/auth/v1";
const legacySecret = "a-legacy-secret-of-at-least-thirty-two-bytes";
let key: TestKey;
let server: KeyServer;

beforeAll(async () => {
  key = await makeKey("first");
  server = await serveKeys([key]);
});
afterAll(() => server.stop());
afterEach(() => {
  vi.useRealTimers();
});

const nowSec = () => Math.floor(Date.now() / 1000);

function claimsOf(changes: Record<string, unknown> = {}) {
  return {
    iss: issuer,
    aud: "authenticated",
    sub: randomUUID(),
    session_id: randomUUID(),
    role: "authenticated",
    aal: "aal1",
    email: "ada@example.com",
    iat: nowSec(),
    exp: nowSec() + 3600,
    ...changes,
  };
}

const verifier = (options: { legacySecret?: string; jwksUrl?: string } = {}) =>
  createTokenVerifier({ issuer, jwksUrl: server.url, ...options });

describe("a user's token", () => {
  test("tells who bears it", async () => {
    const claims = claimsOf();
    expect(await verifier()(await sign(key, claims))).toEqual({
      userId: claims.sub,
      sessionId: claims.session_id,
      email: "ada@example.com",
      aal: "aal1",
      expiresAt: new Date(claims.exp * 1000),
    });
  });

  test("of RS256 is taken as well", async () => {
    const rsa = await makeKey("rsa", "RS256");
    const rsaServer = await serveKeys([rsa]);
    expect(await verifier({ jwksUrl: rsaServer.url })(await sign(rsa, claimsOf()))).not.toBeNull();
    await rsaServer.stop();
  });

  test("of HS256 is taken with the legacy secret only", async () => {
    const token = await new SignJWT(claimsOf()).setProtectedHeader({ alg: "HS256" }).sign(Buffer.from(legacySecret));
    expect(await verifier({ legacySecret })(token)).not.toBeNull();
    expect(await verifier()(token)).toBeNull();
    expect(await verifier({ legacySecret: `${legacySecret}!` })(token)).toBeNull();
  });

  test("that ended a moment ago is forgiven 5 seconds of clock difference", async () => {
    expect(await verifier()(await sign(key, claimsOf({ exp: nowSec() - 2 })))).not.toBeNull();
    expect(await verifier()(await sign(key, claimsOf({ exp: nowSec() - 10 })))).toBeNull();
  });

  test("without an address has none", async () => {
    expect(await verifier()(await sign(key, claimsOf({ email: "" })))).toMatchObject({ email: null });
  });
});

describe("refused", () => {
  test.each<[string, Record<string, unknown>]>([
    ["a foreign issuer", { iss: "http://evil.test/auth/v1" }],
    ["a foreign audience", { aud: "other" }],
    ["no subject", { sub: undefined }],
    ["a subject that is no id", { sub: "me" }],
    ["no session", { session_id: undefined }],
    ["no expiry", { exp: undefined }],
    ["not valid yet", { nbf: nowSec() + 600 }],
    ["the service key", { role: "service_role" }],
    ["the anon key", { role: "anon" }],
    ["an unknown assurance level", { aal: "aal9" }],
  ])("%s", async (_what, changes) => {
    expect(await verifier()(await sign(key, claimsOf(changes)))).toBeNull();
  });

  test("an unsigned token, also with a signature of nothing", async () => {
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const unsigned = `${encode({ alg: "none", kid: key.kid })}.${encode(claimsOf())}.`;
    expect(await verifier({ legacySecret })(unsigned)).toBeNull();
  });

  test("HS256 signed with the public key", async () => {
    const publicKey = await importJWK(key.publicJwk, "ES256", { extractable: true });
    if (publicKey instanceof Uint8Array) throw new Error("an EC key is no secret");
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const body = `${encode({ alg: "HS256", kid: key.kid })}.${encode(claimsOf())}`;
    const forged = `${body}.${createHmac("sha256", await exportSPKI(publicKey))
      .update(body)
      .digest("base64url")}`;
    expect(await verifier()(forged)).toBeNull();
    expect(await verifier({ legacySecret })(forged)).toBeNull();
  });

  test("a key of the bearer's own, brought in the header or pretending to be ours", async () => {
    const own = await makeKey(key.kid);
    expect(await verifier()(await sign(own, claimsOf()))).toBeNull();
    expect(await verifier()(await sign(own, claimsOf(), { jwk: own.publicJwk }))).toBeNull();
    expect(await verifier()(await sign(own, claimsOf(), { jku: "http://127.0.0.1:1/jwks.json" }))).toBeNull();
    expect(await verifier()(await sign(own, claimsOf(), { kid: "../../etc/passwd" }))).toBeNull();
  });

  test("one changed byte, a refresh token, and no token at all", async () => {
    const token = await sign(key, claimsOf());
    const [header, payload, signature] = token.split(".");
    const changed = Buffer.from(payload ?? "", "base64url")
      .toString()
      .replace("ada@", "eve@");
    const verify = verifier();
    expect(await verify([header, Buffer.from(changed).toString("base64url"), signature].join("."))).toBeNull();
    expect(await verify(createHash("sha256").update("refresh").digest("base64url").slice(0, 12))).toBeNull();
    expect(await verify("")).toBeNull();
    expect(await verify("a.b.c")).toBeNull();
  });
});

describe("the key set", () => {
  test("is fetched once for many tokens", async () => {
    const before = server.requests();
    const verify = verifier();
    for (let round = 0; round < 5; round += 1) await verify(await sign(key, claimsOf()));
    expect(server.requests() - before).toBe(1);
  });

  test("that was rotated is fetched again for an unknown key, but not more often than every 30 seconds", async () => {
    const [old, fresh, never] = [await makeKey("old"), await makeKey("fresh"), await makeKey("never")];
    const rotating = await serveKeys([old]);
    vi.useFakeTimers({ toFake: ["Date"] });
    const verify = verifier({ jwksUrl: rotating.url });
    expect(await verify(await sign(old, claimsOf()))).not.toBeNull();
    rotating.keys.splice(0, 1, fresh);
    expect(await verify(await sign(fresh, claimsOf()))).toBeNull();
    vi.advanceTimersByTime(31_000);
    expect(await verify(await sign(fresh, claimsOf()))).not.toBeNull();
    expect(await verify(await sign(old, claimsOf()))).toBeNull();
    expect(await verify(await sign(never, claimsOf()))).toBeNull();
    expect(rotating.requests()).toBe(2);
    await rotating.stop();
  });

  test("that cannot be reached any more leaves the keys that it held last", async () => {
    const [known, unknown] = [await makeKey("known"), await makeKey("unknown")];
    const failing = await serveKeys([known]);
    vi.useFakeTimers({ toFake: ["Date"] });
    const verify = verifier({ jwksUrl: failing.url });
    expect(await verify(await sign(known, claimsOf()))).not.toBeNull();
    await failing.stop();
    vi.advanceTimersByTime(660_000);
    expect(await verify(await sign(known, claimsOf()))).not.toBeNull();
    await expect(verify(await sign(unknown, claimsOf()))).rejects.toMatchObject({ appCode: "core.unavailable" });
  });

  test("that cannot be reached makes us unavailable, not the token wrong", async () => {
    const gone = await serveKeys([key]);
    await gone.stop();
    await expect(verifier({ jwksUrl: gone.url })(await sign(key, claimsOf()))).rejects.toMatchObject({
      appCode: "core.unavailable",
      kind: "unavailable",
    });
  });
});
