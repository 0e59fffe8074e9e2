import type { Ctx } from "../context.ts";
import { emit, update } from "../events/record.ts";
import type { Invoice, Subscription } from "../model/billing.ts";
import { cancelSubscription } from "./cancel-subscription.ts";

/** The subscription an invoice bills, or null. */
export function subscriptionOf(ctx: Ctx, invoice: Invoice): Subscription | null {
  const id = invoice.parent?.subscription_details?.subscription;
  return id === undefined ? null : ctx.store.find("subscription", id);
}

/** A paid invoice brings its subscription back, when it is the latest one. Emits `customer.subscription.updated` on a change. */
export function afterInvoicePaid(ctx: Ctx, invoice: Invoice): void {
  const subscription = subscriptionOf(ctx, invoice);
  if (subscription === null || subscription.latest_invoice !== invoice.id) return;
  if (subscription.pending_update !== null) applyPendingUpdate(ctx, subscription);
  if (!["incomplete", "past_due", "unpaid"].includes(subscription.status)) return;
  update(ctx, subscription, { ...subscription, status: "active" }, "customer.subscription.updated");
}

/** The change that waited for this invoice happens. Emits `customer.subscription.updated`, `.pending_update_applied`. */
function applyPendingUpdate(ctx: Ctx, subscription: Subscription): void {
  const pending = subscription.pending_update;
  const applied: Subscription = {
    ...subscription,
    billing_cycle_anchor: pending?.billing_cycle_anchor ?? subscription.billing_cycle_anchor,
    items: { ...subscription.items, data: pending?.subscription_items ?? subscription.items.data },
    pending_update: null,
  };
  update(ctx, subscription, applied, "customer.subscription.updated");
  emit(ctx, "customer.subscription.pending_update_applied", applied);
}

/** A failed attempt makes a running subscription past due; after the last attempt the account's setting decides. */
export function afterInvoiceFailed(ctx: Ctx, invoice: Invoice): void {
  const subscription = subscriptionOf(ctx, invoice);
  if (subscription === null || invoice.billing_reason === "subscription_create") return;
  if (subscription.pending_update !== null && subscription.latest_invoice === invoice.id) return;
  if (!["active", "trialing", "past_due"].includes(subscription.status)) return;
  if (invoice.next_payment_attempt !== null) {
    update(ctx, subscription, { ...subscription, status: "past_due" }, "customer.subscription.updated");
    return;
  }
  const { finally: last } = ctx.settings.dunning;
  if (last === "cancel") {
    cancelSubscription(ctx, subscription, { reason: "payment_failed" });
    return;
  }
  update(ctx, subscription, { ...subscription, status: last }, "customer.subscription.updated");
}
