import { request } from "node:http";
import { expect, test } from "vitest";
import { list, only, send, start } from "./catcher.ts";

test("the list is filtered by whole address and by part of the subject, in any case, and limited", async () => {
  const mail = await start();
  await send(mail, { to: "ada@example.test", subject: "Confirm your address" });
  await send(mail, { to: "grace@example.test", subject: "Reset your password" });
  await send(mail, { to: "grace@example.test", subject: "Confirm your address" });
  const subjects = async (query: string) =>
    (await list(mail, query)).map(({ to, subject }) => `${to.join()}: ${subject}`);
  expect(await subjects("?to=GRACE@example.test&subject=confirm")).toEqual([
    "grace@example.test: Confirm your address",
  ]);
  expect(await subjects("?to=example.test")).toEqual([]);
  expect(await subjects("?limit=2")).toEqual([
    "grace@example.test: Confirm your address",
    "grace@example.test: Reset your password",
  ]);
});

test("one mail is answered by its id, and an unknown id is not found", async () => {
  const mail = await start();
  await send(mail, { subject: "one" });
  const message = await only(mail);
  expect(await (await fetch(`${mail.url}/api/messages/${message.id}`)).json()).toEqual(message);
  const unknown = await fetch(`${mail.url}/api/messages/none`);
  expect(unknown.status).toBe(404);
  expect(await unknown.json()).toMatchObject({ error: { code: "not_found" } });
});

test("deleting removes all mails", async () => {
  const mail = await start();
  await send(mail, { text: "hello" });
  expect((await fetch(`${mail.url}/api/messages`, { method: "DELETE" })).status).toBe(204);
  expect(await list(mail)).toEqual([]);
});

test("waiting is answered when the mail comes, and another's mail does not end it", async () => {
  const mail = await start();
  const waiting = fetch(`${mail.url}/api/messages/wait?to=ada@example.test&timeoutMs=20000`);
  await send(mail, { to: "grace@example.test", subject: "for another" });
  await send(mail, { to: "ada@example.test", subject: "for me" });
  expect(await (await waiting).json()).toMatchObject({ subject: "for me" });
});

test("waiting is answered at once by a mail that is there, unless it came before the given time", async () => {
  const mail = await start();
  await send(mail, { subject: "early" });
  const { receivedAt } = await only(mail);
  const at = (after: string, timeoutMs: number) =>
    fetch(
      `${mail.url}/api/messages/wait?to=ada@example.test&after=${encodeURIComponent(after)}&timeoutMs=${timeoutMs}`,
    );
  expect((await at(receivedAt, 0)).status).toBe(204);
  const justBefore = new Date(Date.parse(receivedAt) - 1).toISOString();
  expect(await (await at(justBefore, 20_000)).json()).toMatchObject({ subject: "early" });
});

test("stopping ends those who wait", async () => {
  const mail = await start();
  const waiting = fetch(`${mail.url}/api/messages/wait?timeoutMs=60000`).catch((error: unknown) => error);
  await list(mail);
  await mail.stop();
  expect(await waiting).toBeInstanceOf(Error);
});

test.each(["?limit=0", "?limit=many", "?limit=501", "?colour=red", "/wait?after=yesterday", "/wait?timeoutMs=-1"])(
  "the query %s is refused with its issue",
  async (query) => {
    const mail = await start();
    const response = await fetch(`${mail.url}/api/messages${query}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: { code: "invalid", issues: [{ message: expect.any(String) }] },
    });
  },
);

test("a path that cannot be decoded is refused as invalid", async () => {
  const mail = await start();
  expect((await fetch(`${mail.url}/api/messages/%E0%A4%A`)).status).toBe(400);
  expect((await fetch(`${mail.url}/messages/%E0%A4%A`)).status).toBe(400);
});

test("a request under a foreign host name is refused", async () => {
  const mail = await start();
  const status = await new Promise((resolve, reject) => {
    request(mail.url, { headers: { host: "evil.example" } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .once("error", reject)
      .end();
  });
  expect(status).toBe(403);
});
