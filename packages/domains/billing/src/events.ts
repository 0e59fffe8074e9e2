import { z } from "zod";
import { defineEvents } from "@turnpike/core";

// Events cross the database as JSON, so dates come back as text.
const date = z.coerce.date();

const subscription = z.object({
  organizationId: z.uuid(),
  subscriptionId: z.uuid(),
  stripeSubscriptionId: z.string(),
  status: z.string(),
  previousStatus: z.string().nullable(),
  /** The Stripe event that made us look; null when a procedure or a check did. */
  stripeEventId: z.string().nullable(),
});

const invoice = z.object({
  organizationId: z.uuid(),
  invoiceId: z.uuid(),
  stripeInvoiceId: z.string(),
  stripeSubscriptionId: z.string().nullable(),
  /** Smallest unit of `currency`. */
  amountMinor: z.number().int(),
  currency: z.string(),
  billingReason: z.string().nullable(),
  stripeEventId: z.string().nullable(),
});

/** What happens to an organization's billing: each from the difference between what was known and what Stripe says now. */
export const events = defineEvents("billing", {
  subscription_created: subscription,
  /** It gives access from now on: paid, or its trial has begun. */
  subscription_activated: subscription,
  subscription_updated: subscription,
  subscription_past_due: subscription,
  /** Its end is scheduled. */
  subscription_cancel_scheduled: subscription,
  /** Its scheduled end was taken back. */
  subscription_resumed: subscription,
  /** It has ended. */
  subscription_canceled: subscription,
  invoice_paid: invoice,
  /** An attempt to collect failed; once per attempt. */
  payment_failed: invoice.extend({ attempt: z.number().int() }),
  customer_deleted: z.object({ organizationId: z.uuid(), stripeCustomerId: z.string() }),
  access_changed: z.object({
    organizationId: z.uuid(),
    changes: z.array(
      z.object({
        feature: z.string(),
        granted: z.boolean(),
        wasGranted: z.boolean(),
        limit: z.number().nullable(),
        reason: z.string(),
        until: date.nullable(),
      }),
    ),
    stripeEventId: z.string().nullable(),
  }),
});
