import { isUtf8 } from "node:buffer";
import { newId } from "@turnpike/core";
import type { Ctx } from "@turnpike/core";
import { errors } from "../errors.ts";
import { processJob } from "../jobs.ts";
import { insertEvent } from "../queries.ts";
import { isForeign, StripeEnvelope, subjectOf } from "../stripe-envelope.ts";
import { verifySignature } from "../verify-signature.ts";

const rememberSec = 60 * 60;

/** What became of a delivery. */
export type Receipt = "stored" | "already_stored";

/**
 * Takes one delivery of Stripe: checks it, stores it with its job in one transaction, and leaves the work to the worker.
 * Errors: webhooks.signature_invalid, webhooks.timestamp_out_of_range, webhooks.not_an_event.
 */
export async function receiveStripeEvent(
  ctx: Ctx,
  delivery: { body: Buffer; signature: string | undefined },
): Promise<Receipt> {
  const { body, signature } = delivery;
  verifySignature(ctx.stripe.webhooks, { body, header: signature }, ctx.config.stripeWebhookSecrets, new Date());
  // Other bytes could not be kept as they are.
  if (!isUtf8(body)) throw errors.not_an_event({ fields: [] });
  const text = body.toString("utf8");
  const event = parseEnvelope(text);
  const key = `webhook:stripe:${event.id}`;
  if (await isRemembered(ctx, key)) return "already_stored";
  const isNew = await storeEvent(ctx, event, text);
  // Only after the commit: a key that outlived a rolled-back transaction would lose the event.
  await ctx.cache.set(key, true, rememberSec).catch((error: unknown) => {
    ctx.log.warn("webhooks.cache_failed", { error: String(error) });
  });
  ctx.log.info("webhooks.received", { eventId: event.id, type: event.type, isNew });
  return isNew ? "stored" : "already_stored";
}

function parseEnvelope(text: string): StripeEnvelope {
  const parsed = StripeEnvelope.safeParse(jsonOf(text));
  if (!parsed.success) {
    throw errors.not_an_event({ fields: parsed.error.issues.map((issue) => issue.path.join(".")) });
  }
  return parsed.data;
}

function jsonOf(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch (cause) {
    throw errors.not_an_event({ fields: [] }, { cause });
  }
}

/** The cache only spares the database a look; while it is away every delivery goes to the ledger. */
async function isRemembered(ctx: Ctx, key: string): Promise<boolean> {
  try {
    return (await ctx.cache.get(key)) === true;
  } catch (error) {
    ctx.log.warn("webhooks.cache_failed", { error: String(error) });
    return false;
  }
}

function storeEvent(ctx: Ctx, event: StripeEnvelope, body: string): Promise<boolean> {
  const subject = subjectOf(event);
  const status = isForeign(event, ctx.config.isStripeLive) ? "ignored" : "pending";
  return ctx.tx(async (tx) => {
    const isNew = await insertEvent(tx.db, {
      id: newId(),
      provider: "stripe",
      event_id: event.id,
      type: event.type,
      api_version: event.api_version ?? null,
      is_live: event.livemode,
      event_created_at: new Date(event.created * 1000),
      subject,
      body,
      status,
    });
    if (isNew && status === "pending") await tx.enqueue(processJob, { subject });
    return isNew;
  });
}
