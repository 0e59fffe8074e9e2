import type { Request } from "express";
import { coreErrors } from "@turnpike/core";
import type { ByteBudget } from "./byte-budget.ts";
import { errors } from "./errors.ts";

/** What a body may have, and in what time it must be whole. */
export interface BodyLimits {
  maxBytes: number;
  deadlineMs: number;
}

/**
 * Reads a request's body as the bytes that were sent, inflating nothing. A body over `maxBytes` is refused at once:
 * Express's own raw parser first waits for the end of it, which need not come. Who sends it is not known yet but for the
 * address, so what has come so far is taken from a budget that keeps a share for others, until the body is whole or
 * given up. Errors: core.too_large, webhooks.body_unreadable (also when it is late), core.unavailable when the budget is
 * used up.
 */
export async function readBody(req: Request, limits: BodyLimits, budget: ByteBudget): Promise<Buffer> {
  const { maxBytes, deadlineMs } = limits;
  const sender = req.ip ?? "unknown";
  if (!["", "identity"].includes(req.get("content-encoding") ?? "")) throw errors.body_unreadable();
  if (Number(req.get("content-length") ?? 0) > maxBytes) throw coreErrors.too_large();
  // Somebody read it before us: the bytes that were signed are gone.
  if (req.readableEnded) throw errors.body_unreadable();
  const chunks: Buffer[] = [];
  const { promise: body, resolve, reject } = Promise.withResolvers<Buffer>();
  let sizeBytes = 0;
  let takenBytes = 0;
  let isRefused = false;
  const refuse = (error: Error): void => {
    isRefused = true;
    // The rest flows on and is dropped, so that the sender gets to read the answer.
    chunks.length = 0;
    reject(error);
  };
  req.on("data", (chunk: Buffer) => {
    if (isRefused) return;
    sizeBytes += chunk.length;
    if (sizeBytes > maxBytes) return refuse(coreErrors.too_large());
    if (!budget.take(sender, chunk.length)) return refuse(coreErrors.unavailable({ reason: "too_many_bodies" }));
    takenBytes += chunk.length;
    chunks.push(chunk);
  });
  const timer = setTimeout(() => refuse(errors.body_unreadable({ reason: "late" })), deadlineMs);
  req.once("end", () => resolve(Buffer.concat(chunks)));
  req.once("error", (cause) => reject(errors.body_unreadable(undefined, { cause })));
  return body.finally(() => {
    clearTimeout(timer);
    budget.give(sender, takenBytes);
  });
}
