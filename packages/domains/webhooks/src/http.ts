import type { Request, Response, Router } from "express";
import { AppError, coreErrors, httpStatusOf, isDatabaseDown, newId } from "@turnpike/core";
import type { Actor, Ctx, HttpHost } from "@turnpike/core";
import { createByteBudget } from "./byte-budget.ts";
import { createIntake } from "./intake.ts";
import { deliveries } from "./metrics.ts";
import { readBody } from "./read-body.ts";
import type { BodyLimits } from "./read-body.ts";
import { receiveStripeEvent } from "./service/receive-stripe-event.ts";

const path = "/api/webhooks/stripe";
const actor: Actor = { type: "webhook", source: "stripe" };
const mebibyte = 1024 * 1024;
const bodyLimits: BodyLimits = { maxBytes: mebibyte, deadlineMs: 10_000 };
// Events have some kilobytes; this is for who sends large bodies slowly, or never to their end.
const readingLimits = { maxBytes: 64 * mebibyte, maxBytesPerSender: 8 * mebibyte };

/**
 * Mounts `POST /api/webhooks/stripe`. Answers 200 `{ status: "stored" | "already_stored" }`, else
 * `{ error: { appCode, message, requestId } }`: 400 for what no retry mends and for a body that is not whole in 10 s,
 * 413 over 1 MiB, 503 when it was not stored.
 */
export function mountStripeWebhook(router: Router, host: HttpHost): void {
  const intake = createIntake(host);
  const reading = createByteBudget(readingLimits);
  router.post(path, async (req, res) => {
    const requestId = requestIdOf(req, res);
    const ctx = host.createCtx(actor, { requestId, clientAddress: req.ip ?? "unknown" });
    try {
      const body = await readBody(req, bodyLimits, reading);
      const status = await receiveStripeEvent(ctx, intake, { body, signature: req.get("stripe-signature") });
      ctx.metrics.count(deliveries, status);
      res.json({ status });
    } catch (error) {
      answerError(ctx, res, error);
    }
  });
}

/** The server's own request id where it has set one already. */
function requestIdOf(req: Request, res: Response): string {
  const given = res.getHeader("x-request-id") ?? req.get("x-request-id");
  return typeof given === "string" && /^[\w.:-]{1,128}$/.test(given) ? given : newId();
}

function answerError(ctx: Ctx, res: Response, error: unknown): void {
  const known = refusalOf(ctx, error);
  if (known.retryAfterSec !== undefined) res.setHeader("retry-after", String(known.retryAfterSec));
  const { appCode, message } = known;
  res.status(httpStatusOf[known.kind]).json({ error: { appCode, message, requestId: ctx.requestId } });
}

/** A genuine event that could not be stored must come again, whatever the reason: only Stripe still has it. */
function refusalOf(ctx: Ctx, error: unknown): AppError {
  if (error instanceof AppError && error.kind !== "unavailable") {
    ctx.metrics.count(deliveries, "refused");
    ctx.log.warn("webhooks.refused", { appCode: error.appCode, ...error.details });
    return error;
  }
  ctx.metrics.count(deliveries, "not_stored");
  // What came through above is unavailable; anything else is a fault of ours.
  const isOutage = error instanceof AppError || isDatabaseDown(error);
  ctx.log[isOutage ? "warn" : "error"]("webhooks.not_stored", { error });
  return coreErrors.unavailable(undefined, { cause: error, retryAfterSec: 5 });
}
