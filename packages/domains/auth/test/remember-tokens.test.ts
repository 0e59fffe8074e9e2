import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { VerifiedToken } from "../src/index.ts";
import { rememberTokens } from "../src/remember-tokens.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());

/** A verifier that takes tokens which live so long, and counts how often it is asked. */
function countingVerifier(livesMs: number) {
  const expiresAt = new Date(Date.now() + livesMs);
  const asked: string[] = [];
  const verify = rememberTokens(async (token): Promise<VerifiedToken | null> => {
    asked.push(token);
    if (token.startsWith("forged")) return null;
    return { userId: token, sessionId: token, email: null, aal: "aal1", expiresAt };
  });
  return { verify, asked };
}

test("a valid token is verified once a minute, and each token for itself", async () => {
  const { verify, asked } = countingVerifier(3_600_000);
  for (const token of ["a", "b", "a", "a"]) expect(await verify(token)).toMatchObject({ userId: token });
  expect(asked).toEqual(["a", "b"]);
  vi.advanceTimersByTime(59_999);
  await verify("a");
  expect(asked).toEqual(["a", "b"]);
  vi.advanceTimersByTime(2);
  await verify("a");
  expect(asked).toEqual(["a", "b", "a"]);
});

test("a token is remembered at most until it ends", async () => {
  const { verify, asked } = countingVerifier(10_000);
  await verify("a");
  vi.advanceTimersByTime(9_999);
  await verify("a");
  expect(asked).toHaveLength(1);
  vi.advanceTimersByTime(2);
  await verify("a");
  await verify("a");
  expect(asked).toHaveLength(3);
});

test("a refused token is looked at each time", async () => {
  const { verify, asked } = countingVerifier(10_000);
  expect([await verify("forged"), await verify("forged")]).toEqual([null, null]);
  expect(asked).toHaveLength(2);
});

test("a failure to verify is not remembered", async () => {
  const answers = [Promise.reject(new Error("no keys")), Promise.resolve(null)];
  const verify = rememberTokens(() => answers.shift() ?? Promise.resolve(null));
  await expect(verify("a")).rejects.toThrow("no keys");
  expect(await verify("a")).toBeNull();
});
