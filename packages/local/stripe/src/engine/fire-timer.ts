import type { Ctx } from "../context.ts";
import { emit, update } from "../events/record.ts";
import type { Invoice, Subscription } from "../model/billing.ts";
import { cancelSubscription } from "./cancel-subscription.ts";
import { expireSession } from "./checkout.ts";
import { collectInvoice, endInvoice, finalizeInvoice, voidInvoice } from "./invoices.ts";
import { renewSubscription } from "./renew.ts";
import { endPhase } from "./schedules.ts";
import { subscriptionOf } from "./subscription-status.ts";
import { upcomingInvoice } from "./upcoming-invoice.ts";

/** Does what a timer stands for. Objects that changed since then carry other timers, so what arrives here is due. */
export function fireTimer(ctx: Ctx, timer: { objectId: string; kind: string }): void {
  const target = ctx.store.findAny(timer.objectId);
  if (target === null) return;
  if (target.object === "subscription") fireSubscription(ctx, target, timer.kind);
  if (target.object === "subscription_schedule") endPhase(ctx, target);
  if (target.object === "invoice") fireInvoice(ctx, target);
  if (target.object === "checkout.session") expireSession(ctx, target);
}

function fireSubscription(ctx: Ctx, subscription: Subscription, kind: string): void {
  switch (kind) {
    case "cancel":
      cancelSubscription(ctx, subscription, { reason: "cancellation_requested" });
      return;
    case "renew":
      renewSubscription(ctx, subscription);
      return;
    case "expire":
      expireIncomplete(ctx, subscription);
      return;
    case "unpause":
      update(ctx, subscription, { ...subscription, pause_collection: null }, "customer.subscription.updated");
      return;
    case "drop_pending_update":
      dropPendingUpdate(ctx, subscription);
      return;
    case "trial_will_end":
      emit(ctx, "customer.subscription.trial_will_end", subscription);
      return;
    case "upcoming":
      emit(ctx, "invoice.upcoming", upcomingInvoice(ctx, subscription));
      return;
    default:
      throw new Error(`unknown timer ${kind}`);
  }
}

function fireInvoice(ctx: Ctx, invoice: Invoice): void {
  if (invoice.status !== "draft") {
    collectInvoice(ctx, invoice, "later");
    return;
  }
  const pause = subscriptionOf(ctx, invoice)?.pause_collection?.behavior;
  const open = finalizeInvoice(ctx, invoice);
  if (pause === "void") voidInvoice(ctx, open);
  else if (pause === "mark_uncollectible") endInvoice(ctx, open, "uncollectible");
  else collectInvoice(ctx, open, "later");
}

/** 23 hours without a first payment: the subscription is dead and its invoice void. */
function expireIncomplete(ctx: Ctx, subscription: Subscription): void {
  const expired: Subscription = {
    ...subscription,
    status: "incomplete_expired",
    ended_at: ctx.now,
    canceled_at: ctx.now,
  };
  update(ctx, subscription, expired, "customer.subscription.updated");
  const invoice = subscription.latest_invoice === null ? null : ctx.store.find("invoice", subscription.latest_invoice);
  if (invoice?.status === "open") voidInvoice(ctx, invoice);
}

function dropPendingUpdate(ctx: Ctx, subscription: Subscription): void {
  const dropped: Subscription = { ...subscription, pending_update: null };
  ctx.store.put(dropped, ctx.now);
  emit(ctx, "customer.subscription.pending_update_expired", dropped);
  const invoice = subscription.latest_invoice === null ? null : ctx.store.find("invoice", subscription.latest_invoice);
  if (invoice?.status === "open") voidInvoice(ctx, invoice);
}
