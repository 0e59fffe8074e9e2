import type { Ctx } from "../context.ts";
import type { Invoice, Subscription } from "../model/billing.ts";
import { buildInvoice } from "./build-invoice.ts";
import { cycleLines, followingPeriod, pendingLines, periodOf, withPeriod } from "./renew.ts";

/** The invoice the next renewal would make, with what is pending so far. Nothing is stored. */
export function upcomingInvoice(ctx: Ctx, subscription: Subscription): Invoice {
  const next = withPeriod(subscription, followingPeriod(subscription));
  const { end } = periodOf(subscription);
  const invoice = buildInvoice(ctx, {
    customer: ctx.store.get("customer", subscription.customer),
    subscription: next,
    lines: [...pendingLines(ctx, subscription), ...cycleLines(ctx, next)],
    currency: subscription.currency,
    reason: "upcoming",
    period: periodOf(subscription),
    finalizesAt: end + ctx.settings.draftSec,
  });
  return {
    ...invoice,
    id: invoice.id.replace("in_", "upcoming_in_"),
    created: end,
    next_payment_attempt: end + ctx.settings.draftSec,
  };
}
