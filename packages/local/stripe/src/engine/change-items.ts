import type { Ctx } from "../context.ts";
import { create, update } from "../events/record.ts";
import { newId } from "../ids.ts";
import type { Invoice, InvoiceItem, Subscription } from "../model/billing.ts";
import { behaviorOf } from "./cards.ts";
import { changedItems, intervalChanged, restarted, type ItemRequest } from "./changed-items.ts";
import { customerCard } from "./invoice-payments.ts";
import { collectInvoice, finalizeInvoice } from "./invoices.ts";
import { declined } from "./payment-methods.ts";
import { prorations } from "./prorate.ts";
import { buildWithPending, cycleLines } from "./renew.ts";
import { incompleteLifetimeSec } from "./timers.ts";

/** How a change of items is billed. `restartsPeriod`: asked for explicitly; a change of interval does it anyway. */
export interface ChangeOptions {
  prorationBehavior: "always_invoice" | "create_prorations" | "none";
  /** Unix seconds up to which the old items count as used. */
  prorationDate: number;
  paymentBehavior: "allow_incomplete" | "default_incomplete" | "error_if_incomplete" | "pending_if_incomplete";
  restartsPeriod: boolean;
}

/** What a change would come to; nothing of it is stored. */
export interface PlannedChange {
  changed: Subscription;
  items: InvoiceItem[];
  restarts: boolean;
  /** Billed now; otherwise with the next invoice, or not at all. */
  billsNow: boolean;
}

/** Works out a change of items: the subscription after it, its prorations, and when they are billed. Errors: those of changedItems. */
export function planChange(
  ctx: Ctx,
  subscription: Subscription,
  requests: readonly ItemRequest[],
  options: Omit<ChangeOptions, "paymentBehavior">,
): PlannedChange {
  const data = changedItems(ctx, subscription, requests);
  const isTrial = subscription.status === "trialing";
  const restarts = !isTrial && (options.restartsPeriod || intervalChanged(subscription, data));
  const kept: Subscription = { ...subscription, items: { ...subscription.items, data }, pending_update: null };
  const prorates = !isTrial && options.prorationBehavior !== "none";
  const items = prorates ? prorations(ctx, subscription, data, { date: options.prorationDate, restarts }) : [];
  const billsNow = restarts || (options.prorationBehavior === "always_invoice" && items.length > 0);
  return { changed: restarts ? restarted(ctx, kept) : kept, items, restarts, billsNow };
}

/**
 * Changes prices and quantities. `always_invoice` bills the difference now, `create_prorations` with the next invoice. Another
 * interval begins a new period and is billed now. Emits `customer.subscription.updated`, then `invoiceitem.*` and `invoice.*`.
 * `before` is what is stored, `settings` the same with other changes of the request. Errors: 402 with `error_if_incomplete`.
 */
export function changeItems(
  ctx: Ctx,
  before: Subscription,
  settings: Subscription,
  requests: readonly ItemRequest[],
  options: ChangeOptions,
): Subscription {
  const plan = planChange(ctx, settings, requests, options);
  const willFail = plan.billsNow && dueOf(ctx, plan) > 0 && !cardWorks(ctx, before);
  if (willFail && options.paymentBehavior === "error_if_incomplete") throw declined("generic_decline");
  const id = newId("in");
  const isHeld = willFail && options.paymentBehavior === "pending_if_incomplete";
  const target = isHeld ? holdBack(ctx, before, plan) : plan.changed;
  const saved = update(
    ctx,
    before,
    plan.billsNow ? { ...target, latest_invoice: id } : target,
    "customer.subscription.updated",
  );
  for (const item of plan.items) create(ctx, item, "invoiceitem.created");
  if (!plan.billsNow) return saved;
  const draft = draftNow(ctx, id, plan, { prorationDate: options.prorationDate, isHeld });
  create(ctx, draft, "invoice.created");
  collectInvoice(ctx, finalizeInvoice(ctx, draft), "later");
  return ctx.store.get("subscription", saved.id);
}

/** The invoice for what a change costs now. A held change is tried once and not collected by itself. */
function draftNow(
  ctx: Ctx,
  id: string,
  plan: PlannedChange,
  options: { prorationDate: number; isHeld: boolean },
): Invoice {
  return buildWithPending(ctx, {
    id,
    subscription: plan.changed,
    lines: plan.restarts ? cycleLines(ctx, plan.changed) : [],
    reason: "subscription_update",
    period: { start: ctx.now, end: ctx.now },
    finalizesAt: options.isHeld ? null : ctx.now,
    prorationDate: options.prorationDate,
  });
}

function dueOf(ctx: Ctx, plan: PlannedChange): number {
  const lines = plan.restarts ? cycleLines(ctx, plan.changed) : [];
  return [...plan.items, ...lines].reduce((sum, entry) => sum + entry.amount, 0);
}

function cardWorks(ctx: Ctx, subscription: Subscription): boolean {
  const card = customerCard(ctx, subscription.customer, subscription);
  return card !== null && behaviorOf(card).later === "succeeds";
}

/** `pending_if_incomplete`: the change waits, at most 23 hours, for its invoice to be paid. */
function holdBack(ctx: Ctx, before: Subscription, plan: PlannedChange): Subscription {
  return {
    ...before,
    pending_update: {
      billing_cycle_anchor: plan.restarts ? ctx.now : null,
      cancel_at_period_end: null,
      discount: null,
      discounts: null,
      expires_at: ctx.now + incompleteLifetimeSec,
      metadata: null,
      subscription_items: plan.changed.items.data,
      trial_end: null,
      trial_from_plan: null,
    },
  };
}
