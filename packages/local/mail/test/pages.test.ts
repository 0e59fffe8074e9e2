import { Parser } from "htmlparser2";
import { expect, test } from "vitest";
import { findLinks, splitText } from "../src/find-links.ts";
import { only, send, start } from "./catcher.ts";

/** What a browser would make of a page: its elements, and whether any of them runs script. */
function read(html: string): { names: string[]; hrefs: string[]; canRunScript: boolean; text: string } {
  const names: string[] = [];
  const hrefs: string[] = [];
  let canRunScript = false;
  let text = "";
  const parser = new Parser({
    onopentag: (name, attributes) => {
      names.push(name);
      if (attributes["href"] !== undefined) hrefs.push(attributes["href"]);
      const isHandler = Object.keys(attributes).some((key) => key.startsWith("on"));
      const isScriptAddress = Object.values(attributes).some((value) => /^\s*javascript:/i.test(value));
      canRunScript ||= name === "script" || isHandler || isScriptAddress;
    },
    ontext: (piece) => {
      text += piece;
    },
  });
  parser.end(html);
  return { names, hrefs, canRunScript, text };
}

const HOSTILE = `<script>fetch('/api/messages')</script>"><img src=x onerror=alert(1)>'`;

test("the list names the mails and links to them, and loads itself again", async () => {
  const mail = await start();
  expect(await (await fetch(mail.url)).text()).toContain("No mail yet");
  await send(mail, { subject: "Welcome" });
  const page = read(await (await fetch(mail.url)).text());
  expect(page.hrefs).toContain(`/messages/${(await only(mail)).id}`);
  expect(page.text).toMatch(/Welcome[^]*ada@example\.test[^]*hello@turnpike\.test/);
  expect(await (await fetch(mail.url)).text()).toContain('http-equiv="refresh"');
});

test("hostile subjects, senders, headers, texts and file names stay text on every page", async () => {
  const mail = await start();
  await send(mail, {
    from: { name: HOSTILE, address: "evil@example.test" },
    subject: HOSTILE,
    text: `${HOSTILE} javascript:alert(1) http://example.test/"onmouseover="alert(1)`,
    headers: { "X-Evil": HOSTILE },
    attachments: [{ filename: HOSTILE, content: "x" }],
  });
  const { id } = await only(mail);
  for (const path of ["/", `/messages/${id}`]) {
    const response = await fetch(mail.url + path);
    const page = read(await response.text());
    expect(page.text).toContain("<script>fetch('/api/messages')</script>");
    expect(page.names).not.toContain("img");
    expect(page.canRunScript).toBe(false);
    expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
  }
});

test("the HTML part is only served without rights, and framed without rights", async () => {
  const mail = await start();
  await send(mail, {
    html: `<!doctype html><p>shown</p><script>parent.evil()</script><a href="javascript:evil()">x</a>`,
  });
  const { id } = await only(mail);
  const page = await (await fetch(`${mail.url}/messages/${id}`)).text();
  expect(page).toMatch(/<iframe[^>]*\ssandbox="allow-popups allow-popups-to-escape-sandbox"/);
  expect(read(page).canRunScript).toBe(false);
  expect(page).not.toContain("parent.evil");

  const part = await fetch(`${mail.url}/messages/${id}/html`);
  const policy = part.headers.get("content-security-policy") ?? "";
  expect(policy).toMatch(/^sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none';/);
  expect(policy).not.toMatch(/allow-scripts|allow-same-origin|script-src/);
  expect(part.headers.get("x-content-type-options")).toBe("nosniff");
  expect(await part.text()).toMatch(/^<!doctype html><base target="_blank"><p>shown<\/p>/i);
});

test("links of a mail can be clicked, and only web addresses are", async () => {
  const mail = await start();
  await send(mail, {
    text: "See http://127.0.0.1:3000/a?x=1&y=2.",
    html: '<a href="https://example.test/b">b</a><a href="javascript:evil()">c</a><a href="mailto:x@example.test">d</a>',
  });
  const { id, links } = await only(mail);
  const { hrefs } = read(await (await fetch(`${mail.url}/messages/${id}`)).text());
  expect(links).toEqual(["https://example.test/b", "http://127.0.0.1:3000/a?x=1&y=2"]);
  expect(hrefs).toEqual(["data:,", "/style.css", "/", ...links, "http://127.0.0.1:3000/a?x=1&y=2"]);
});

test("a mail that is not there is not found", async () => {
  const mail = await start();
  await send(mail, { text: "no HTML part" });
  const { id } = await only(mail);
  for (const path of ["/messages/none", `/messages/${id}/html`, "/elsewhere"]) {
    expect((await fetch(mail.url + path)).status).toBe(404);
  }
});

test.each([
  ["ends a sentence (http://a.test/x).", "http://a.test/x"],
  ["has brackets http://a.test/x_(y)", "http://a.test/x_(y)"],
  ["<http://a.test/x?a=1&b=2#c>", "http://a.test/x?a=1&b=2#c"],
  ["[http://a.test/x]!", "http://a.test/x"],
])("the address in %j is %s", (text, link) => {
  expect(findLinks(text, null)).toEqual([link]);
  expect(
    splitText(text)
      .map((piece) => piece.text)
      .join(""),
  ).toBe(text);
});
