import { splitText } from "./find-links.ts";
import { markup } from "./markup.ts";
import type { Markup } from "./markup.ts";
import type { Message } from "./message.ts";

/** Page with all mails, newest first. It loads itself again every few seconds. */
export function listPage(messages: Message[]): string {
  const mails = messages.map(
    ({ id, from, to, subject, receivedAt }) => markup`<li><a href="/messages/${id}">
      <strong>${subject || "(no subject)"}</strong> ${timeTag(receivedAt)}
      <span class="wide">to ${to.join(", ")}</span> <span class="wide soft">from ${from}</span></a></li>`,
  );
  const list =
    mails.length > 0
      ? markup`<ul class="mails">${mails}</ul>`
      : markup`<p class="card">No mail yet. Whatever this stack sends is shown here and goes nowhere else.</p>`;
  return page(
    "Mail",
    markup`<meta http-equiv="refresh" content="5">`,
    markup`<header><h1>Mail</h1><p class="soft">${messages.length} caught, newest first</p></header><main>${list}</main>`,
  );
}

/** Page of one mail: who, when, links, plain part, HTML part in a frame without rights, headers. */
export function messagePage(message: Message): string {
  const { id, from, to, subject, receivedAt, text, html, headers, links, attachments } = message;
  const files = attachments.map(
    ({ fileName, contentType, sizeBytes }) =>
      markup`<li>${fileName ?? "(no name)"}, ${contentType}, ${sizeBytes} bytes</li>`,
  );
  const body = markup`<header><a href="/">All mail</a><h1>${subject || "(no subject)"}</h1></header><main>
    <dl class="card"><dt>From</dt><dd>${from}</dd><dt>To</dt><dd>${to.join(", ")}</dd>
      <dt>Received</dt><dd>${timeTag(receivedAt)}</dd></dl>
    ${section("Links", links.length > 0, markup`<ul class="card">${links.map((link) => markup`<li>${linkTag(link)}</li>`)}</ul>`)}
    ${section("Attachments", files.length > 0, markup`<ul class="card">${files}</ul>`)}
    ${section("HTML part", html !== null, frame(id))}
    ${section("Plain part", text !== null, markup`<pre class="card">${clickable(text ?? "")}</pre>`)}
    <details><summary>Headers</summary><dl class="card">${headerList(headers)}</dl></details></main>`;
  return page(subject || "(no subject)", markup``, body);
}

/** Page that says what is not there. */
export function errorPage(title: string): string {
  const body = markup`<header><a href="/">All mail</a><h1>${title}</h1></header><main></main>`;
  return page(title, markup``, body);
}

function page(title: string, head: Markup, body: Markup): string {
  return markup`<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="/style.css">${head}</head><body>${body}</body></html>`.text;
}

function section(title: string, isShown: boolean, content: Markup): Markup {
  return isShown ? markup`<h2>${title}</h2>${content}` : markup``;
}

function frame(id: string): Markup {
  return markup`<iframe title="HTML part" src="/messages/${id}/html" referrerpolicy="no-referrer"
    sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>`;
}

function clickable(text: string): Markup[] {
  return splitText(text).map((piece) => (piece.isLink ? linkTag(piece.text) : markup`${piece.text}`));
}

function linkTag(link: string): Markup {
  return markup`<a href="${link}" target="_blank" rel="noopener noreferrer">${link}</a>`;
}

function timeTag(iso: string): Markup {
  return markup`<time class="soft" datetime="${iso}">${iso.slice(0, 19).replace("T", " ")} UTC</time>`;
}

function headerList(headers: Record<string, string>): Markup[] {
  return Object.entries(headers).map(([name, value]) => markup`<dt>${name}</dt><dd>${value}</dd>`);
}
