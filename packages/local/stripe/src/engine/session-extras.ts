import type { Ctx } from "../context.ts";
import type { CheckoutSession, LineItem } from "../model/objects.ts";
import type { Metadata } from "../model/stored.ts";

/** What a checkout session remembers beside what it shows. */
export interface SessionExtras {
  lineItems: LineItem[];
  subscription: {
    metadata: Metadata;
    description: string | null;
    trialDays: number | null;
    trialEnd: number | null;
    missingPaymentMethod: "cancel" | "create_invoice" | "pause";
  };
  payment: { metadata: Metadata; description: string | null; setupFutureUsage: "off_session" | "on_session" | null };
  setup: { metadata: Metadata; description: string | null };
  /** A payment that waits for 3-D Secure. */
  pending: { methodId: string; email: string } | null;
}

/** Reads what `saveSession` kept. */
export function extrasOf(ctx: Ctx, session: CheckoutSession): SessionExtras {
  const extras = ctx.store.hidden<SessionExtras>(session.id);
  if (extras === null) throw new Error(`checkout session ${session.id} has lost its line items`);
  return extras;
}

/** Writes a session and what it remembers, without an event: Stripe has none for the steps before the end. */
export function saveSession(ctx: Ctx, session: CheckoutSession, extras: SessionExtras): CheckoutSession {
  ctx.store.put(session, ctx.now, extras);
  return session;
}

/** When the trial of the subscription that this session sells would end; null without a trial. */
export function trialEndOf(extras: SessionExtras, now: number): number | null {
  if (extras.subscription.trialEnd !== null) return extras.subscription.trialEnd;
  return extras.subscription.trialDays === null ? null : now + extras.subscription.trialDays * 86_400;
}
