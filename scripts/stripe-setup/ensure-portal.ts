import type Stripe from "stripe";

/** What came of it; `missing`: the account has no default configuration, which only its dashboard can make. */
export type EnsuredPortal = "updated" | "unchanged" | "missing";

/**
 * Brings the account's default portal configuration, which our portal sessions use, to what the API expects: invoices, payment
 * methods and billing details are the customer's own, a subscription ends at the end of its period, and a change of plan
 * goes through the API, which shows its price first. Errors: what Stripe refuses.
 */
export async function ensurePortal(stripe: Stripe, returnUrl: string): Promise<EnsuredPortal> {
  const { data } = await stripe.billingPortal.configurations.list({ is_default: true, limit: 1 });
  const [configuration] = data;
  if (!configuration) return "missing";
  const wanted = portalSettings(returnUrl);
  if (holds(configuration, wanted)) return "unchanged";
  await stripe.billingPortal.configurations.update(configuration.id, wanted);
  return "updated";
}

function portalSettings(returnUrl: string) {
  return {
    default_return_url: returnUrl,
    features: {
      customer_update: { enabled: true, allowed_updates: ["address", "name", "phone", "tax_id"] },
      invoice_history: { enabled: true },
      payment_method_update: { enabled: true },
      subscription_cancel: {
        enabled: true,
        mode: "at_period_end",
        proration_behavior: "none",
        cancellation_reason: {
          enabled: true,
          options: ["too_expensive", "missing_features", "switched_service", "unused", "customer_service", "other"],
        },
      },
      subscription_update: { enabled: false },
    },
  } satisfies Stripe.BillingPortal.ConfigurationUpdateParams;
}

/** Whether all that is wanted is there already; lists in any order. */
function holds(present: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted)) {
    return Array.isArray(present) && present.length === wanted.length && wanted.every((item) => present.includes(item));
  }
  if (typeof wanted !== "object" || wanted === null) return present === wanted;
  if (typeof present !== "object" || present === null) return false;
  const values = new Map<string, unknown>(Object.entries(present));
  return Object.entries(wanted).every(([key, value]) => holds(values.get(key), value));
}
