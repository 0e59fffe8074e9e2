import { isUtf8 } from "node:buffer";
import { newId } from "@turnpike/core";
import type { Ctx } from "@turnpike/core";
import { errors } from "../errors.ts";
import type { GroupCommit } from "../group-commit.ts";
import { priorityOf } from "../priority.ts";
import { isForeign, StripeEnvelope, subjectOf } from "../stripe-envelope.ts";
import { verifySignature } from "../verify-signature.ts";
import type { IncomingEvent } from "./store-events.ts";

const rememberSec = 60 * 60;

/** What became of a delivery. */
export type Receipt = "stored" | "already_stored";

/**
 * Takes one delivery of Stripe: checks it, has it stored with its job, and leaves the work to the worker.
 * Errors: webhooks.signature_invalid, webhooks.timestamp_out_of_range, webhooks.not_an_event; core.unavailable when the
 * intake is full; those of the database.
 */
export async function receiveStripeEvent(
  ctx: Ctx,
  intake: GroupCommit<IncomingEvent>,
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
  const isNew = await intake.add(incomingOf(ctx, event, { text, sizeBytes: body.length }));
  remember(ctx, key);
  ctx.log.debug("webhooks.received", { eventId: event.id, type: event.type, isNew });
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

/**
 * Only after the commit: a key that outlived a rolled-back transaction would lose the event. The answer does not wait
 * for it: without the key the ledger says the same.
 */
function remember(ctx: Ctx, key: string): void {
  ctx.cache.set(key, true, rememberSec).catch((error: unknown) => {
    ctx.log.warn("webhooks.cache_failed", { error: String(error) });
  });
}

function incomingOf(ctx: Ctx, event: StripeEnvelope, body: { text: string; sizeBytes: number }): IncomingEvent {
  const row = {
    id: newId(),
    provider: "stripe",
    event_id: event.id,
    type: event.type,
    api_version: event.api_version ?? null,
    is_live: event.livemode,
    event_created_at: new Date(event.created * 1000),
    subject: subjectOf(event),
    body: body.text,
    status: isForeign(event, ctx.config.isStripeLive) ? "ignored" : "pending",
  };
  return { row, priority: priorityOf(event), sizeBytes: body.sizeBytes };
}
