import type { Ctx } from "../context.ts";
import { emit } from "../events/record.ts";
import type { CheckoutSession } from "../model/objects.ts";
import type { PaymentMethod } from "../model/payments.ts";
import type { CardBehavior } from "./cards.ts";
import { completeSession, type Payer } from "./complete-session.ts";
import { createPaymentIntent, failAuthentication, payIntent } from "./payment-intents.ts";
import { newCard } from "./payment-methods.ts";
import { extrasOf, saveSession } from "./session-extras.ts";
import { totalsOf } from "./session-totals.ts";

/** What came of a press on Pay: done, a message for the person, or the 3-D Secure page next. */
export type PayOutcome =
  | { kind: "completed"; session: CheckoutSession }
  | { kind: "declined"; message: string }
  | { kind: "needs_action" };

/** Pays an open session with a test card; null where none is needed (`needsCard`). A session that is complete already stays as it is: paying twice pays once. */
export function paySession(
  ctx: Ctx,
  session: CheckoutSession,
  request: { card: CardBehavior | null; email: string },
): PayOutcome {
  if (session.status === "complete") return { kind: "completed", session };
  if (session.status !== "open") return { kind: "declined", message: "This checkout has expired." };
  if (request.card === null) return completed(ctx, session, { method: null, email: request.email });
  const method = newCard(ctx, request.card, { email: request.email });
  ctx.store.put(method, ctx.now);
  if (request.card.page === "declined") return declineSession(ctx, session, method);
  if (request.card.page === "needs_action") {
    const extras = extrasOf(ctx, session);
    saveSession(ctx, session, { ...extras, pending: { methodId: method.id, email: request.email } });
    return { kind: "needs_action" };
  }
  return completed(ctx, session, { method, email: request.email });
}

function completed(ctx: Ctx, session: CheckoutSession, payer: Payer): PayOutcome {
  return { kind: "completed", session: completeSession(ctx, session, payer) };
}

/** True when the session wants a card: something is due, or one is kept for later. */
export function needsCard(session: CheckoutSession): boolean {
  return (
    session.mode === "setup" || session.payment_method_collection !== "if_required" || (session.amount_total ?? 0) > 0
  );
}

/** The customer answered 3-D Secure. A refusal leaves the session open for another try. */
export function answerAuthentication(ctx: Ctx, session: CheckoutSession, passed: boolean): PayOutcome {
  if (session.status === "complete") return { kind: "completed", session };
  const extras = extrasOf(ctx, session);
  const { pending } = extras;
  if (pending === null || session.status !== "open")
    return { kind: "declined", message: "There is no payment to confirm." };
  saveSession(ctx, session, { ...extras, pending: null });
  const method = ctx.store.get("payment_method", pending.methodId);
  if (!passed) {
    const { total } = totalsOf(ctx, session, extras);
    if (total > 0) failAuthentication(ctx, attemptIntent(ctx, session, total));
    return {
      kind: "declined",
      message: "We are unable to authenticate your payment method. Please choose a different one and try again.",
    };
  }
  return {
    kind: "completed",
    session: completeSession(ctx, session, { method, email: pending.email, authenticated: true }),
  };
}

/** Ends an open session. Emits `checkout.session.expired`. */
export function expireSession(ctx: Ctx, session: CheckoutSession): CheckoutSession {
  const expired: CheckoutSession = { ...session, status: "expired", url: null };
  ctx.store.put(expired, ctx.now);
  emit(ctx, "checkout.session.expired", expired);
  return expired;
}

/** A failed attempt leaves a failed charge and no subscription: since 2025-03-31.basil that is made after payment only. */
function declineSession(ctx: Ctx, session: CheckoutSession, method: PaymentMethod): PayOutcome {
  const { total } = totalsOf(ctx, session, extrasOf(ctx, session));
  if (total > 0) payIntent(ctx, attemptIntent(ctx, session, total), method, "page");
  return { kind: "declined", message: "Your card was declined. Please try a different card." };
}

function attemptIntent(ctx: Ctx, session: CheckoutSession, amount: number) {
  return createPaymentIntent(ctx, {
    amount,
    currency: session.currency ?? "usd",
    customer: session.customer,
    receiptEmail: session.customer_email,
  });
}
