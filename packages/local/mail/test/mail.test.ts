import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTransport } from "nodemailer";
import { afterEach, describe, expect, test, vi } from "vitest";
import { startMail } from "../src/index.ts";
import { openMessageStore } from "../src/message-store.ts";
import { list, only, send, start } from "./catcher.ts";

const folders: string[] = [];

afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true })));
});

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "turnpike-mail-test-"));
  folders.push(folder);
  return folder;
}

describe("a mail that is sent", () => {
  test("is caught with both parts, its headers, links and attachments", async () => {
    const mail = await start();
    await send(mail, {
      to: "Ada <Ada@Example.test>",
      bcc: "quiet@example.test",
      subject: "Bestätigen Sie Ihre Adresse",
      text: "Confirm: http://127.0.0.1:3000/confirm?token=a&type=signup.",
      html: '<p><a href="http://127.0.0.1:3000/confirm?token=b&amp;type=signup">Confirm</a></p>',
      headers: { "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" },
      attachments: [{ filename: "bill.pdf", content: "12345" }],
    });
    expect(await only(mail)).toMatchObject({
      from: '"Turnpike" <hello@turnpike.test>',
      to: ["ada@example.test", "quiet@example.test"],
      subject: "Bestätigen Sie Ihre Adresse",
      text: expect.stringContaining("type=signup."),
      html: expect.stringContaining("&amp;type=signup"),
      headers: { "list-unsubscribe-post": "List-Unsubscribe=One-Click" },
      links: ["http://127.0.0.1:3000/confirm?token=b&type=signup", "http://127.0.0.1:3000/confirm?token=a&type=signup"],
      attachments: [{ fileName: "bill.pdf", contentType: "application/pdf", sizeBytes: 5 }],
    });
  });

  test("with one part shows that the other is missing", async () => {
    const mail = await start();
    await send(mail, { html: "<p>only this</p>" });
    expect(await only(mail)).toMatchObject({ text: null, html: expect.stringContaining("only this") });
  });

  test("with any login is taken", async () => {
    const mail = await start();
    await send({ ...mail, smtpUrl: mail.smtpUrl.replace("//", "//user:secret@") }, { text: "hello" });
    expect(await list(mail)).toHaveLength(1);
  });

  test("of more than 10 MiB is refused, and the next one is taken", async () => {
    const mail = await start();
    // The size is not announced, so that the limit shows at the data itself.
    const transport = createTransport(mail.smtpUrl);
    const raw = `To: ada@example.test\r\n\r\n${"x".repeat(998).concat("\r\n").repeat(10_600)}`;
    const envelope = { from: "a@example.test", to: "ada@example.test" };
    await expect(transport.sendMail({ envelope, raw })).rejects.toMatchObject({ responseCode: 552 });
    transport.close();
    await send(mail, { text: "small" });
    expect(await list(mail)).toHaveLength(1);
  });
});

describe("kept mails", () => {
  test("with a folder survive a restart, newest first, and a broken file hurts nobody", async () => {
    const dataDir = await makeFolder();
    const first = await start({ dataDir });
    await send(first, { subject: "one" });
    await send(first, { subject: "two" });
    await first.stop();
    await writeFile(join(dataDir, "half.json"), '{"id":');
    const second = await start({ dataDir });
    expect((await list(second)).map(({ subject }) => subject)).toEqual(["two", "one"]);
  });

  test("without a folder end with the process", async () => {
    const first = await start();
    await send(first, { text: "hello" });
    await first.stop();
    expect(await list(await start())).toEqual([]);
  });

  test("are 500 at most, in memory and on disk, and the oldest go first", async () => {
    const folder = await makeFolder();
    const store = await openMessageStore(folder);
    const mail = { from: "a", to: [], text: "", html: null, headers: {}, links: [], attachments: [] };
    for (let number = 1; number <= 503; number += 1) await store.add({ ...mail, subject: String(number) });
    expect(store.list({}, 1000).map(({ subject }) => subject)).toEqual(
      Array.from({ length: 500 }, (_, index) => String(503 - index)),
    );
    expect(await readdir(folder)).toHaveLength(500);
  });
});

describe("the start", () => {
  test("passes over ports that are taken", async () => {
    const first = await start();
    const taken = { smtpPort: Number(new URL(first.smtpUrl).port), port: Number(new URL(first.url).port) };
    const second = await start(taken);
    expect(Number(new URL(second.smtpUrl).port)).toBeGreaterThan(taken.smtpPort);
    expect(Number(new URL(second.url).port)).toBeGreaterThan(taken.port);
    await send(second, { text: "hello" });
    expect(await list(second)).toHaveLength(1);
    expect(await list(first)).toEqual([]);
  });

  test("takes the preferred port when it is free again after a stop with open connections", async () => {
    const first = await start();
    const transport = createTransport({ url: first.smtpUrl, pool: true });
    await transport.sendMail({ from: "a@example.test", to: "b@example.test", text: "keeps the line open" });
    await first.stop();
    transport.close();
    const second = await start({ port: Number(new URL(first.url).port) });
    expect(second.url).toBe(first.url);
  });

  test("gives back the mail port when the page's port is none", async () => {
    const first = await start();
    await first.stop();
    const smtpPort = Number(new URL(first.smtpUrl).port);
    await expect(startMail({ smtpPort, port: 70_000 })).rejects.toThrow("1 to 65535");
    expect((await start({ smtpPort })).smtpUrl).toBe(first.smtpUrl);
  });

  test("is refused in production", async () => {
    vi.stubEnv("NODE_ENV", "production");
    await expect(start()).rejects.toThrow("does not start under NODE_ENV=production");
  });
});
