import type { TRPCError } from "@trpc/server";
import type { Request } from "express";
import type { Log } from "@turnpike/core";
import { appErrorOf, isReported } from "@turnpike/core";
import type { Meter } from "../metrics/meter.ts";

const maxPathLength = 100;

interface Rejected {
  error: TRPCError;
  path: string | undefined;
  req: Request;
}

/**
 * Notes a call that never became one: an unknown procedure, a body that cannot be read, a batch that is too long. What a
 * procedure refused is noted there. Neither message nor cause of what the caller got wrong is logged: they quote it.
 */
export function noteRejected(log: Log, meter: Meter | undefined, { error, path, req }: Rejected): void {
  if (isReported(error)) return;
  const known = appErrorOf(error);
  meter?.rejected(known?.kind ?? "internal");
  const fields = {
    requestId: req.get("x-request-id"),
    path: path?.slice(0, maxPathLength),
    code: error.code,
    appCode: known?.appCode ?? "core.internal",
  };
  if (known && known.kind !== "unavailable") log.info("trpc.rejected", fields);
  else log.error("trpc.rejected", { ...fields, error: error.cause ?? error });
}
