import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { AuthApp } from "./auth-app.ts";
import { createAuthApp } from "./auth-app.ts";

const password = "correct horse battery";
const wrong = { code: "UNAUTHORIZED", cause: { appCode: "auth.invalid_credentials" } };
const limited = {
  code: "TOO_MANY_REQUESTS",
  cause: { appCode: "core.limited", retryAfterSec: expect.any(Number) },
};

let app: AuthApp;
beforeAll(async () => {
  app = await createAuthApp({ autoconfirm: true });
});
afterAll(() => app.close());

/** Tries a wrong password from one address. */
async function tryWrong(email: string, address: string, times: number): Promise<void> {
  const visitor = await app.callerOf(undefined, address);
  for (let round = 0; round < times; round += 1) {
    await expect(visitor.signIn({ email, password: "wrong" })).rejects.toMatchObject(wrong);
  }
}

test("ten wrong tries shut their own client out of the account, and of no other", async () => {
  const [victim, other] = [await app.newAccount(), await app.newAccount()];
  await tryWrong(victim.email, "203.0.113.1", 10);
  const stranger = await app.callerOf(undefined, "203.0.113.1");
  await expect(stranger.signIn({ email: victim.email.toUpperCase(), password })).rejects.toMatchObject(limited);
  expect(await stranger.signIn({ email: other.email, password })).toMatchObject({ status: "signed_in" });
});

test("a stranger's tries do not shut the owner out, however many", async () => {
  const { email } = await app.newAccount();
  await tryWrong(email, "203.0.113.2", 10);
  const stranger = await app.callerOf(undefined, "203.0.113.2");
  const further = Array.from({ length: 90 }, () => stranger.signIn({ email, password: "wrong" }));
  const results = await Promise.allSettled(further);
  expect(results.filter(({ status }) => status === "fulfilled")).toEqual([]);
  const owner = await app.callerOf(undefined, "203.0.113.3");
  expect(await owner.signIn({ email, password })).toMatchObject({ status: "signed_in" });
  await expect(stranger.signIn({ email, password })).rejects.toMatchObject(limited);
});

test("a hundred wrong tries from many clients shut everybody out, whether or not there is such an account", async () => {
  const { email } = await app.newAccount();
  for (const address of [email, `${randomUUID()}@example.com`]) {
    const clients = Array.from({ length: 10 }, (_, index) => `198.51.100.${index}`);
    await Promise.all(clients.map((client) => tryWrong(address, client, 10)));
    const visitor = await app.callerOf(undefined, "198.51.100.99");
    await expect(visitor.signIn({ email: address, password })).rejects.toMatchObject(limited);
  }
});
