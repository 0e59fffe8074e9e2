import { hash } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { VerifiedToken } from "./token-verifier.ts";

/** Checks a token; null when it is not a user's valid one. */
type VerifyToken = (token: string) => Promise<VerifiedToken | null>;

/** A token is verified again after this at the latest: a key that was withdrawn is then believed no longer. */
const longestMs = 60_000;
const maxTokens = 10_000;

/**
 * A verifier that remembers which tokens it found valid, for a minute and never past their end: to check a signature
 * costs more than all else that a call does with its token. Refused ones are not remembered, and of a token only its
 * hash is kept. Times are wall time. Whether the session still lives is another question, asked at each call.
 */
export function rememberTokens(verify: VerifyToken): VerifyToken {
  // Counted by the wall clock, as `exp` is; a resolution of its own would need a timer.
  const known = new LRUCache<string, VerifiedToken>({
    max: maxTokens,
    ttlResolution: 0,
    perf: { now: () => Date.now() },
  });
  return async (token) => {
    const key = hash("sha256", token, "base64");
    const remembered = known.get(key);
    if (remembered) return remembered;
    const verified = await verify(token);
    const ttl = verified ? Math.min(longestMs, verified.expiresAt.getTime() - Date.now()) : 0;
    // Zero would be for ever.
    if (verified && ttl > 0) known.set(key, verified, { ttl });
    return verified;
  };
}
