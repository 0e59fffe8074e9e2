import { createHash } from "node:crypto";
import type { Response } from "express";
import { Html, html } from "./html.ts";

const style = `
:root{color-scheme:light dark;--bg:#f5f6fa;--card:#fff;--ink:#1a1f36;--soft:#525a70;--line:#d9dde8;--accent:#4b45d6;--on:#fff;--bad:#a3192e;--badbg:#fdecee;--good:#11693f;--goodbg:#e7f6ee}
@media(prefers-color-scheme:dark){:root{--bg:#12141c;--card:#1b1e2a;--ink:#eceef6;--soft:#a9b0c6;--line:#343a4f;--accent:#8f8aff;--on:#12141c;--bad:#ffb3bd;--badbg:#3d1a22;--good:#a6e9c5;--goodbg:#17372a}}
*{box-sizing:border-box}body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.55 system-ui,sans-serif}
main{max-width:30rem;margin:0 auto;padding:1.5rem 1rem 3rem}.note{color:var(--soft);font-size:.875rem;margin:.25rem 0}
.card{background:var(--card);border:1px solid var(--line);border-radius:14px;padding:1.25rem;margin:0 0 1rem}
h1{font-size:1.25rem;margin:.25rem 0 1rem}h2{font-size:1rem;margin:0 0 .75rem}
table{width:100%;border-collapse:collapse}td,th{padding:.5rem 0;text-align:left;vertical-align:top;border-top:1px solid var(--line);font-weight:400}tr:first-child>*{border-top:0}td+td{text-align:right;white-space:nowrap;padding-left:1rem}
.total>*{font-weight:700}.off{color:var(--good)}
label{display:block;font-weight:600}fieldset{border:0;padding:0;margin:1rem 0 0}legend{font-weight:600;padding:0;margin-bottom:.5rem}
input[type=email],input[type=text]{width:100%;font:inherit;color:inherit;background:var(--bg);border:1px solid var(--line);border-radius:9px;padding:.65rem .75rem;margin-top:.3rem}
.pick{display:flex;gap:.75rem;align-items:flex-start;font-weight:400;border:1px solid var(--line);border-radius:9px;padding:.7rem .8rem;margin-bottom:.5rem;cursor:pointer}.pick input{margin-top:.35rem;accent-color:var(--accent)}.pick b{display:block}.pick:has(input:checked){border-color:var(--accent);box-shadow:0 0 0 1px var(--accent)}
button,.button{display:block;width:100%;font:inherit;font-weight:650;text-align:center;text-decoration:none;border:1px solid var(--accent);border-radius:9px;padding:.75rem 1rem;margin-top:1rem;cursor:pointer;background:var(--accent);color:var(--on)}
.quiet{background:transparent;color:var(--accent)}.row{display:flex;gap:.5rem;align-items:flex-end}.row label{flex:1}.row button{width:auto;margin:0}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}a{color:var(--accent)}
.bad,.good{border-radius:9px;padding:.7rem .9rem;margin:0 0 1rem}.bad{background:var(--badbg);color:var(--bad)}.good{background:var(--goodbg);color:var(--good)}
.badge{display:inline-block;border:1px solid var(--line);border-radius:99px;padding:.05rem .6rem;font-size:.8rem;color:var(--soft)}
`;
/** How a page looks: one style sheet and the hash by which the policy allows it. */
export interface Look {
  element: Html;
  hash: string;
}

/** The common style, and what a page adds to it. The policy allows exactly these bytes: built apart from the templates, whose white space is the formatter's. */
export function lookOf(added = ""): Look {
  const sheet = style + added;
  return {
    element: new Html(`<style>${sheet}</style>`),
    hash: createHash("sha256").update(sheet).digest("base64"),
  };
}

const plainLook = lookOf();

/** Sends a page: one column, one style sheet allowed by its hash, no script, never cached or framed. */
export function sendPage(response: Response, status: number, title: string, body: Html, look = plainLook): void {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        ${look.element}
      </head>
      <body>
        <main>
          <p class="note">Local Stripe · test mode · no real money moves</p>
          ${body}
        </main>
      </body>
    </html>`;
  response
    .status(status)
    .set({
      "content-security-policy": `default-src 'none'; style-src 'sha256-${look.hash}'; base-uri 'none'; frame-ancestors 'none'`,
      "cache-control": "no-store",
      // Nothing for others; forms name this origin (with no-referrer they would send `Origin: null`).
      "referrer-policy": "same-origin",
      "x-content-type-options": "nosniff",
    })
    .type("html")
    .send(page.markup);
}

/** A page that only says something, with a way back when there is one. */
export function sendNotice(
  response: Response,
  status: number,
  title: string,
  text: string,
  back: string | null = null,
): void {
  const link = back === null ? null : html`<a class="button quiet" href="${back}">Go back</a>`;
  sendPage(
    response,
    status,
    title,
    html`<section class="card">
      <h1>${title}</h1>
      <p>${text}</p>
      ${link}
    </section>`,
  );
}
