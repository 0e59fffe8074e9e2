import type { JWTPayload, JWTVerifyGetKey, JWTVerifyOptions } from "jose";
import { createLocalJWKSet, createRemoteJWKSet, decodeProtectedHeader, errors as joseErrors, jwtVerify } from "jose";
import { z } from "zod";
import { coreErrors } from "@turnpike/core";
import { rememberTokens } from "./remember-tokens.ts";

/** What a verified access token says of its bearer. */
export interface VerifiedToken {
  userId: string;
  sessionId: string;
  email: string | null;
  aal: "aal1" | "aal2";
  expiresAt: Date;
}

/** How to verify a project's tokens. */
export interface TokenVerifierOptions {
  /** `iss` of every token: `<Supabase URL>/auth/v1`. */
  issuer: string;
  /** `<Supabase URL>/auth/v1/.well-known/jwks.json`. */
  jwksUrl: string;
  /** The secret of a project that still signs with HS256; without it such tokens are refused. */
  legacySecret?: string;
}

const Claims = z.object({
  sub: z.uuid(),
  session_id: z.uuid(),
  // The anon and service keys of a project are signed by the same keys and carry their own role.
  role: z.literal("authenticated"),
  aal: z.enum(["aal1", "aal2"]),
  email: z.string().nullish(),
  exp: z.number(),
});

// What is wrong with the token itself; anything else is wrong with us or with the key server.
const tokenFaults = new Set<string>([
  joseErrors.JOSEAlgNotAllowed.code,
  joseErrors.JOSENotSupported.code,
  joseErrors.JWKSMultipleMatchingKeys.code,
  joseErrors.JWKSNoMatchingKey.code,
  joseErrors.JWSInvalid.code,
  joseErrors.JWSSignatureVerificationFailed.code,
  joseErrors.JWTClaimValidationFailed.code,
  joseErrors.JWTExpired.code,
  joseErrors.JWTInvalid.code,
]);

/**
 * Makes the function that verifies Supabase access tokens locally: the token's claims, or null for anything that is
 * not a user's valid token. Algorithms are pinned (ES256, RS256 by the project's key set, HS256 only with the legacy
 * secret); keys are fetched when an unknown one shows up, at most every 30 s, and anew every 10 min.
 * A token that was found valid is not looked at again for a minute, or until it ends.
 * Times are wall time, 5 s of clock difference allowed. Errors: core.unavailable when the
 * key set cannot be read and the key is not one that it held before.
 */
export function createTokenVerifier(options: TokenVerifierOptions): (token: string) => Promise<VerifiedToken | null> {
  const findKey = createKeyFinder(options.jwksUrl);
  const legacyKey = options.legacySecret ? new TextEncoder().encode(options.legacySecret) : null;
  const rules: JWTVerifyOptions = {
    issuer: options.issuer,
    audience: "authenticated",
    requiredClaims: ["exp", "sub", "session_id"],
    clockTolerance: 5,
  };

  async function payloadOf(token: string): Promise<JWTPayload> {
    if (legacyKey && algorithmOf(token) === "HS256") {
      return (await jwtVerify(token, legacyKey, { ...rules, algorithms: ["HS256"] })).payload;
    }
    return (await jwtVerify(token, findKey, { ...rules, algorithms: ["ES256", "RS256"] })).payload;
  }

  return rememberTokens(async (token) => {
    try {
      const claims = Claims.safeParse(await payloadOf(token));
      return claims.success ? verifiedTokenOf(claims.data) : null;
    } catch (error) {
      if (isTokenFault(error)) return null;
      throw coreErrors.unavailable({ what: "token keys" }, { cause: error, retryAfterSec: 5 });
    }
  });
}

/** Finds a token's key in the key set. While that cannot be read, the keys that it held last still count. */
function createKeyFinder(jwksUrl: string): JWTVerifyGetKey {
  const keySet = createRemoteJWKSet(new URL(jwksUrl), {
    cooldownDuration: 30_000,
    cacheMaxAge: 600_000,
    timeoutDuration: 3_000,
  });
  return async (header, token) => {
    try {
      return await keySet(header, token);
    } catch (error) {
      const lastKnown = keySet.jwks();
      if (isTokenFault(error) || !lastKnown) throw error;
      return createLocalJWKSet(lastKnown)(header, token).catch(() => Promise.reject(error));
    }
  };
}

function isTokenFault(error: unknown): boolean {
  return error instanceof joseErrors.JOSEError && tokenFaults.has(error.code);
}

function verifiedTokenOf(claims: z.output<typeof Claims>): VerifiedToken {
  return {
    userId: claims.sub,
    sessionId: claims.session_id,
    // Users without an address have an empty one in their tokens.
    email: claims.email ? claims.email : null,
    aal: claims.aal,
    expiresAt: new Date(claims.exp * 1000),
  };
}

/** Only chooses the way to verify; the way itself pins the algorithm. */
function algorithmOf(token: string): string | undefined {
  try {
    return decodeProtectedHeader(token).alg;
  } catch {
    return undefined;
  }
}
