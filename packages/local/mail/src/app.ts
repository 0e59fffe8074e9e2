import express from "express";
import type { Express, NextFunction, Request, Response } from "express";
import { createApi } from "./api.ts";
import type { MessageStore } from "./message-store.ts";
import { MAX_MESSAGES } from "./message-store.ts";
import { PAGE_STYLE } from "./page-style.ts";
import { errorPage, listPage, messagePage } from "./pages.ts";

const PAGE_POLICY =
  "default-src 'none'; style-src 'self'; frame-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
// A mail may be hostile: no script, no form, no request to anywhere but this machine, and an origin of its own.
const MAIL_POLICY =
  "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; font-src data:; " +
  "img-src data: http://127.0.0.1:* http://localhost:*; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

/** Pages and JSON over the mails in the store. */
export function createApp(store: MessageStore): Express {
  const app = express();
  app.disable("x-powered-by");
  app.set("query parser", "simple");
  app.use(refuseForeignHosts, setHeaders);

  app.get("/", (_request, response) => {
    response.send(listPage(store.list({}, MAX_MESSAGES)));
  });
  app.get("/style.css", (_request, response) => {
    response.type("css").send(PAGE_STYLE);
  });
  app.get("/messages/:id", (request, response, next) => {
    const message = store.find(request.params.id);
    if (message === null) return next();
    response.send(messagePage(message));
  });
  app.get("/messages/:id/html", (request, response, next) => {
    const html = store.find(request.params.id)?.html;
    if (html === undefined || html === null) return next();
    response.set("content-security-policy", MAIL_POLICY).send(withBlankTarget(html));
  });
  app.use("/api", createApi(store));
  app.use((_request, response) => {
    response.status(404).send(errorPage("No such page or mail"));
  });
  app.use((_error: Error, _request: Request, response: Response, _next: NextFunction) => {
    response.status(400).send(errorPage("This address cannot be read"));
  });
  return app;
}

/** A page elsewhere that makes its own name point here (DNS rebinding) must not read the mails. */
function refuseForeignHosts(request: Request, response: Response, next: NextFunction): void {
  const host = request.headers.host?.replace(/:\d+$/, "");
  if (host === "127.0.0.1" || host === "localhost" || host === "[::1]") return next();
  response.status(403).type("text").send("The mail catcher answers to 127.0.0.1 and localhost only.");
}

function setHeaders(_request: Request, response: Response, next: NextFunction): void {
  response.set({
    "cache-control": "no-store",
    "content-security-policy": PAGE_POLICY,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
  });
  next();
}

/** Links of a mail open beside it: most sites refuse to be shown in a frame. */
function withBlankTarget(html: string): string {
  const [doctype = ""] = /^\s*<!doctype[^>]*>/i.exec(html) ?? [];
  return `${doctype}<base target="_blank">${html.slice(doctype.length)}`;
}
