import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { addVerifiedFactor } from "./add-verified-factor.ts";
import type { AuthApp } from "./auth-app.ts";
import { createAuthApp } from "./auth-app.ts";

const password = "correct horse battery";
let app: AuthApp;

beforeAll(async () => {
  app = await createAuthApp({ autoconfirm: true });
});
afterAll(() => app.close());

const wrong = { code: "UNAUTHORIZED", cause: { appCode: "auth.invalid_credentials" } };

describe("signIn", () => {
  test("begins a session of its own each time, whatever the case of the address", async () => {
    const { email, userId } = await app.newAccount();
    const visitor = await app.callerOf();
    const first = await visitor.signIn({ email, password });
    const second = await visitor.signIn({ email: email.toUpperCase(), password });
    expect(first).toMatchObject({ status: "signed_in", user: { id: userId, email } });
    expect(second.session.refreshToken).not.toBe(first.session.refreshToken);
    const me = await (await app.callerOf(second.session.accessToken)).me();
    expect((await app.eventsOf(userId)).at(-1)).toEqual({
      name: "auth.signed_in",
      data: { userId, sessionId: me.user.sessionId, needsSecondFactor: false },
    });
  });

  test("answers a wrong password and an unknown address the same", async () => {
    const { email } = await app.newAccount();
    const visitor = await app.callerOf();
    const errors = await Promise.all(
      [email, `${randomUUID()}@example.com`].map((address) =>
        visitor.signIn({ email: address, password: "wrong password" }).catch((error: unknown) => error),
      ),
    );
    expect(errors[0]).toMatchObject(wrong);
    expect(String(errors[0])).toBe(String(errors[1]));
  });

  test("with the right password forgets the wrong tries before it", async () => {
    const { email } = await app.newAccount();
    const visitor = await app.callerOf();
    for (let round = 0; round < 3; round += 1) {
      for (let attempt = 0; attempt < 6; attempt += 1) {
        await expect(visitor.signIn({ email, password: "wrong" })).rejects.toMatchObject(wrong);
      }
      expect(await visitor.signIn({ email, password })).toMatchObject({ status: "signed_in" });
    }
  });

  test("one client over many accounts is limited too", async () => {
    const visitor = await app.callerOf(undefined, "203.0.113.200");
    const tries = Array.from({ length: 101 }, (_, round) =>
      visitor.signIn({ email: "not an address", password: `${round}` }),
    );
    const results = await Promise.allSettled(tries);
    const Refusal = z.object({ status: z.literal("rejected"), reason: z.object({ code: z.string() }) });
    const codes = results.map((result) => Refusal.parse(result).reason.code);
    expect(codes.filter((code) => code === "TOO_MANY_REQUESTS")).toHaveLength(1);
    expect(codes.filter((code) => code === "BAD_REQUEST")).toHaveLength(100);
  });

  test("of a suspended account says so", async () => {
    const { email, userId } = await app.newAccount();
    await app.deps.supabase.service.auth.admin.updateUserById(userId, { ban_duration: "1h" });
    await expect((await app.callerOf()).signIn({ email, password })).rejects.toMatchObject({
      code: "FORBIDDEN",
      cause: { appCode: "auth.user_banned" },
    });
  });

  test("of a user with a verified factor begins half a session, which the server takes for nothing", async () => {
    const { email, userId } = await app.newAccount();
    await addVerifiedFactor(app, userId);
    const result = await (await app.callerOf()).signIn({ email, password });
    expect(Object.keys(result).toSorted()).toEqual(["session", "status"]);
    expect(result.status).toBe("two_factor_required");
    await expect(app.actorOf(result.session.accessToken)).rejects.toMatchObject({
      appCode: "auth.two_factor_required",
    });
    expect((await app.eventsOf(userId)).at(-1)).toMatchObject({ data: { needsSecondFactor: true } });
  });
});

describe("when Supabase Auth cannot be reached", () => {
  let down: AuthApp;
  beforeAll(async () => {
    down = await createAuthApp({ autoconfirm: true });
    await down.supabase.stop();
  });
  afterAll(() => down.close());
  afterEach(() => {
    vi.useRealTimers();
  });
  const unavailable = { code: "SERVICE_UNAVAILABLE", cause: { appCode: "core.unavailable", retryAfterSec: 5 } };

  test("signing in is unavailable, and nobody is told more", async () => {
    const visitor = await down.callerOf();
    const message = "The service is not available right now. Try again shortly.";
    const attempt = visitor.signIn({ email: "ada@example.com", password });
    await expect(attempt).rejects.toMatchObject({ ...unavailable, message });
  });

  test("a refresh is unavailable after five seconds, though the client library would try for half a minute", async () => {
    const visitor = await down.callerOf();
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const attempt = visitor.refresh({ refreshToken: "any" }).catch((error: unknown) => error);
    await vi.waitUntil(() => vi.getTimerCount() > 0);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await attempt).toMatchObject(unavailable);
  });
});
