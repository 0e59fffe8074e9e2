import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Actor } from "@turnpike/core";
import { createCallerFactory, newId } from "@turnpike/core";
import auth from "../src/index.ts";
import type { AuthApp, TestAccount } from "./auth-app.ts";
import { createAuthApp } from "./auth-app.ts";

let app: AuthApp;
let authClockOffsetMs = 0;
const over = { appCode: "auth.session_over", kind: "unauthenticated" };

beforeAll(async () => {
  app = await createAuthApp({ autoconfirm: true, now: () => new Date(Date.now() + authClockOffsetMs) });
});
afterAll(() => app.close());

async function signInAgain({ email, password }: TestAccount): Promise<string> {
  const { session } = await (await app.callerOf()).signIn({ email, password });
  return session.accessToken;
}

describe("refresh", () => {
  test("renews a session: another refresh token, the same session", async () => {
    const { session } = await app.newAccount();
    const renewed = await (await app.callerOf()).refresh({ refreshToken: session.refreshToken });
    expect(renewed.session.refreshToken).not.toBe(session.refreshToken);
    const [before, after] = [await app.actorOf(session.accessToken), await app.actorOf(renewed.session.accessToken)];
    expect(after).toEqual({ ...before, accessToken: renewed.session.accessToken });
  });

  test("with a token that was used long before ends the whole family", async () => {
    const { session } = await app.newAccount();
    const visitor = await app.callerOf();
    const second = await visitor.refresh({ refreshToken: session.refreshToken });
    const third = await visitor.refresh({ refreshToken: second.session.refreshToken });
    authClockOffsetMs += 60_000;
    const refusal = { code: "UNAUTHORIZED", cause: over };
    await expect(visitor.refresh({ refreshToken: session.refreshToken })).rejects.toMatchObject(refusal);
    await expect(visitor.refresh({ refreshToken: third.session.refreshToken })).rejects.toMatchObject(refusal);
  });

  test("with a token that never was is over as well", async () => {
    const refreshToken = "neverissued1";
    await expect((await app.callerOf()).refresh({ refreshToken })).rejects.toMatchObject({ cause: over });
  });
});

describe("signOut", () => {
  test("ends this session at once and no other", async () => {
    const account = await app.newAccount();
    const other = await signInAgain(account);
    const caller = await app.callerOf(account.session.accessToken);
    const { user } = await caller.me();
    expect(await caller.signOut({})).toEqual({ status: "signed_out" });
    await expect(app.callerOf(account.session.accessToken)).rejects.toMatchObject(over);
    await expect((await app.callerOf()).refresh(account.session)).rejects.toMatchObject({ cause: over });
    expect((await (await app.callerOf(other)).me()).user.id).toBe(account.userId);
    const data = { userId: account.userId, sessionId: user.sessionId, scope: "this" };
    expect((await app.eventsOf(account.userId)).at(-1)).toEqual({ name: "auth.signed_out", data });
  });

  test("of the others keeps this one", async () => {
    const account = await app.newAccount();
    const other = await signInAgain(account);
    await app.actorOf(other);
    await (await app.callerOf(account.session.accessToken)).signOut({ scope: "others" });
    await expect(app.actorOf(other)).rejects.toMatchObject(over);
    expect(await app.actorOf(account.session.accessToken)).toMatchObject({ type: "user" });
  });

  test("of all ends every one, and of nobody else", async () => {
    const [account, stranger] = [await app.newAccount(), await app.newAccount()];
    const tokens = [account.session.accessToken, await signInAgain(account)];
    for (const token of tokens) await app.actorOf(token);
    await (await app.callerOf(tokens[1])).signOut({ scope: "all" });
    for (const token of tokens) await expect(app.actorOf(token)).rejects.toMatchObject(over);
    expect(await app.actorOf(stranger.session.accessToken)).toMatchObject({ userId: stranger.userId });
  });

  test("twice at once ends it once and refuses nobody", async () => {
    const { session } = await app.newAccount();
    const caller = await app.callerOf(session.accessToken);
    const answers = await Promise.all([caller.signOut({}), caller.signOut({})]);
    expect(answers).toEqual([{ status: "signed_out" }, { status: "signed_out" }]);
  });

  test("needs a session and a scope that there is", async () => {
    const refused = { cause: { appCode: "core.unauthenticated" } };
    await expect((await app.callerOf()).signOut({})).rejects.toMatchObject(refused);
    const { session } = await app.newAccount();
    const caller = createCallerFactory(auth.router)(app.ctxOf(await app.actorOf(session.accessToken)));
    // @ts-expect-error -- a scope that there is not
    const attempt = caller.signOut({ scope: "everyone" });
    await expect(attempt).rejects.toMatchObject({ cause: { fieldIssues: [{ path: "scope" }] } });
  });
});

test("me is for people with a session", async () => {
  const refused = { code: "UNAUTHORIZED", cause: { appCode: "core.unauthenticated" } };
  await expect((await app.callerOf()).me()).rejects.toMatchObject(refused);
  const key: Actor = { type: "apiKey", keyId: newId(), organizationId: newId(), scopes: [] };
  await expect(createCallerFactory(auth.router)(app.ctxOf(key)).me()).rejects.toMatchObject(refused);
});

describe("the actor of a token", () => {
  test("is a visitor for anything that is no user's token", async () => {
    const { anonKey, serviceKey } = app.supabase;
    for (const token of ["", "nonsense", anonKey, serviceKey]) {
      expect(await app.actorOf(token)).toEqual({ type: "anonymous" });
    }
  });

  test("is an operator where the profile says so, at the latest after a minute", async () => {
    const { session, userId } = await app.newAccount();
    expect(await app.actorOf(session.accessToken)).toMatchObject({ type: "user" });
    await app.owner.updateTable("profiles").set({ is_admin: true }).where("id", "=", userId).execute();
    await forgetAll();
    expect(await app.actorOf(session.accessToken)).toMatchObject({ type: "operator" });
    expect(await (await app.callerOf(session.accessToken)).me()).toMatchObject({ isOperator: true });
  });

  test.each([
    ["was deleted", "delete from auth.sessions where user_id = $1"],
    ["ran out", "update auth.sessions set not_after = now() - interval '1 second' where user_id = $1"],
    ["belongs to a suspended user", "update auth.users set banned_until = now() + interval '1 day' where id = $1"],
  ])("of a session that %s is refused, at the latest after a minute", async (_what, statement) => {
    const { session, userId } = await app.newAccount();
    const ttls = recordTtls();
    await app.actorOf(session.accessToken);
    await sql.raw(statement.replace("$1", `'${userId}'`)).execute(app.owner);
    expect(await app.actorOf(session.accessToken)).toMatchObject({ userId });
    expect(ttls).toEqual([60]);
    await forgetAll();
    await expect(app.actorOf(session.accessToken)).rejects.toMatchObject(over);
  });

  test("asks the database once for many requests", async () => {
    const { session } = await app.newAccount();
    const ttls = recordTtls();
    for (let round = 0; round < 5; round += 1) await app.actorOf(session.accessToken);
    expect(ttls).toHaveLength(1);
  });
});

/** What a memory cache does when it is closed, and what a minute does to each entry. */
function forgetAll(): Promise<void> {
  return app.deps.cache.close();
}

/** Collects how long things are to be remembered from now on. */
function recordTtls(): number[] {
  const { cache } = app.deps;
  const ttls: number[] = [];
  app.deps.cache = {
    ...cache,
    set: (key, value, ttlSec) => {
      ttls.push(ttlSec);
      return cache.set(key, value, ttlSec);
    },
  };
  return ttls;
}
