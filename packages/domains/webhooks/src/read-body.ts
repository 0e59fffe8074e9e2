import type { Request } from "express";
import { coreErrors } from "@turnpike/core";
import { errors } from "./errors.ts";

/**
 * Reads a request's body as the bytes that were sent, inflating nothing. A body over `maxBytes` is refused at once:
 * Express's own raw parser first waits for the end of it, which need not come.
 * Errors: core.too_large, webhooks.body_unreadable.
 */
export async function readBody(req: Request, maxBytes: number): Promise<Buffer> {
  if (!["", "identity"].includes(req.get("content-encoding") ?? "")) throw errors.body_unreadable();
  if (Number(req.get("content-length") ?? 0) > maxBytes) throw coreErrors.too_large();
  // Somebody read it before us: the bytes that were signed are gone.
  if (req.readableEnded) throw errors.body_unreadable();
  const chunks: Buffer[] = [];
  const { promise: body, resolve, reject } = Promise.withResolvers<Buffer>();
  let sizeBytes = 0;
  req.on("data", (chunk: Buffer) => {
    sizeBytes += chunk.length;
    if (sizeBytes <= maxBytes) return void chunks.push(chunk);
    // The rest flows on and is dropped, so that the sender gets to read the answer.
    chunks.length = 0;
    reject(coreErrors.too_large());
  });
  req.once("end", () => resolve(Buffer.concat(chunks)));
  req.once("error", (cause) => reject(errors.body_unreadable(undefined, { cause })));
  return body;
}
