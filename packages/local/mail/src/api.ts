import { Router } from "express";
import type { NextFunction, Request, Response } from "express";
import { z } from "zod";
import { MAX_MESSAGES } from "./message-store.ts";
import type { MessageStore } from "./message-store.ts";

const Filter = z.object({ to: z.string().min(1).optional(), subject: z.string().min(1).optional() });
const ListQuery = Filter.extend({ limit: z.coerce.number().int().min(1).max(MAX_MESSAGES).default(50) }).strict();
const WaitQuery = Filter.extend({
  after: z.iso
    .datetime({ offset: true })
    .transform((text) => new Date(text))
    .optional(),
  timeoutMs: z.coerce.number().int().min(0).max(60_000).default(10_000),
}).strict();

/** The mails as JSON: list, one, wait for one, delete all. Errors: `{ error: { code, message, issues? } }`. */
export function createApi(store: MessageStore): Router {
  const api = Router();
  api.get("/messages", (request, response) => {
    const { limit, ...filter } = ListQuery.parse(request.query);
    response.json({ items: store.list(filter, limit) });
  });
  api.get("/messages/wait", (request, response) => answerWait(store, request, response));
  api.get("/messages/:id", (request, response, next) => {
    const message = store.find(request.params.id);
    if (message === null) return next();
    response.json(message);
  });
  api.delete("/messages", async (_request, response) => {
    await store.clear();
    response.status(204).end();
  });
  api.use((_request, response) => {
    response.status(404).json({ error: { code: "not_found", message: "There is no such mail or path." } });
  });
  api.use(answerError);
  return api;
}

async function answerWait(store: MessageStore, request: Request, response: Response): Promise<void> {
  const { timeoutMs, ...filter } = WaitQuery.parse(request.query);
  const waiting = new AbortController();
  const timer = setTimeout(() => waiting.abort(), timeoutMs);
  response.once("close", () => waiting.abort());
  const message = await store.waitFor(filter, waiting.signal);
  clearTimeout(timer);
  if (message === null) response.status(204).end();
  else response.json(message);
}

function answerError(error: unknown, _request: Request, response: Response, next: NextFunction): void {
  if (response.headersSent) return next(error);
  if (error instanceof z.ZodError) {
    const issues = error.issues.map(({ path, message }) => ({ path: path.join("."), message }));
    response.status(400).json({ error: { code: "invalid", message: "The query cannot be understood.", issues } });
    return;
  }
  if (error instanceof URIError) {
    response.status(400).json({ error: { code: "invalid", message: "The path cannot be decoded." } });
    return;
  }
  response.status(500).json({ error: { code: "internal", message: "Something went wrong here." } });
}
