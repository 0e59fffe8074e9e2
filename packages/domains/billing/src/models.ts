import { z } from "zod";
import { MultilineText, PageInput, Text } from "@turnpike/core";
import { FeatureKey } from "@turnpike/products";
import { AccessReason } from "./access-reasons.ts";

/** A page of an organization's things, newest first. */
export const ListInput = PageInput.extend({ cursor: z.uuid().nullish() }).prefault({});
export type ListInput = z.output<typeof ListInput>;

const url = Text.min(1).max(2000);
const lookupKey = Text.min(1).max(200);

const nameOnce = { error: "Name the price by lookupKey or by priceId, and not by both." };

const CheckoutOptions = z.object({
  quantity: z.number().int().min(1).max(10_000).default(1),
  promotionCode: Text.trim().min(1).max(100).optional(),
  /** Where the payer returns to; `{CHECKOUT_SESSION_ID}` in it is replaced. Must be of an origin of ours. */
  successUrl: url,
  cancelUrl: url,
});

/** Starts a checkout of the plan that a lookup key names. */
const CheckoutByLookupKey = CheckoutOptions.extend({
  /** The plan by the stable name of its price. */
  lookupKey: z.string(nameOnce).pipe(lookupKey),
  priceId: z.never(nameOnce).optional(),
});

/** Starts a checkout of the plan that a price's id names. */
const CheckoutByPriceId = CheckoutOptions.extend({
  /** The plan by the id of its price, ours or Stripe's. */
  priceId: z.string(nameOnce).pipe(Text.min(1).max(255)),
  lookupKey: z.never(nameOnce).optional(),
});

/** What to buy, named in exactly one of two ways, and where the payer comes back to. */
export const StartCheckout = z.union([CheckoutByLookupKey, CheckoutByPriceId]);
export type StartCheckout = z.output<typeof StartCheckout>;

/** Where to send the payer. */
export const StartedCheckout = z.object({ url: z.string(), sessionId: z.string() });
export type StartedCheckout = z.infer<typeof StartedCheckout>;

/** Names a checkout by Stripe's id: `cs_…`. */
export const SessionId = z.object({ sessionId: Text.min(1).max(255) });
export type SessionId = z.infer<typeof SessionId>;

/** What became of a checkout. `subscriptionId` is set as soon as it is paid, whether or not a webhook has come. */
export const CheckoutStatus = z.object({
  sessionId: z.string(),
  status: z.enum(["open", "complete", "expired"]),
  paymentStatus: z.string(),
  subscriptionId: z.uuid().nullable(),
});
export type CheckoutStatus = z.infer<typeof CheckoutStatus>;

/** Where the portal leads back to; must be of an origin of ours. */
export const OpenPortal = z.object({ returnUrl: url });
export type OpenPortal = z.infer<typeof OpenPortal>;

/** Where to send the customer. */
export const OpenedPortal = z.object({ url: z.string() });
export type OpenedPortal = z.infer<typeof OpenedPortal>;

/** One line of a subscription. What is known of its price is null while the price is not in the catalogue. */
export const SubscriptionItem = z.object({
  id: z.uuid(),
  priceId: z.uuid().nullable(),
  lookupKey: z.string().nullable(),
  productId: z.uuid().nullable(),
  productName: z.string().nullable(),
  quantity: z.number().int(),
  /** Per unit, in the smallest unit of `currency`. */
  unitAmountMinor: z.number().int().nullable(),
  currency: z.string().nullable(),
  interval: z.string().nullable(),
  intervalCount: z.number().int().nullable(),
});
export type SubscriptionItem = z.infer<typeof SubscriptionItem>;

/** A subscription as Stripe has it, with what it is made of. */
export const Subscription = z.object({
  id: z.uuid(),
  stripeSubscriptionId: z.string(),
  /** As Stripe says it. */
  status: z.string(),
  /** Whether its end is scheduled. */
  isEnding: z.boolean(),
  /** When it ends, or has ended; null when it renews. */
  endsAt: z.date().nullable(),
  canceledAt: z.date().nullable(),
  cancellationReason: z.string().nullable(),
  trialEndsAt: z.date().nullable(),
  currentPeriodStart: z.date().nullable(),
  currentPeriodEnd: z.date().nullable(),
  /** Until when a past-due subscription still gives access; null when it is not past due. */
  paymentGraceUntil: z.date().nullable(),
  startedAt: z.date(),
  items: z.array(SubscriptionItem),
});
export type Subscription = z.infer<typeof Subscription>;

/** Names a subscription by our id. */
export const SubscriptionId = z.object({ subscriptionId: z.uuid() });
export type SubscriptionId = z.infer<typeof SubscriptionId>;

/** When a subscription is to end, and why the customer wants it to. */
export const CancelSubscription = SubscriptionId.extend({
  at: z.enum(["period_end", "now"]),
  reason: MultilineText.trim().min(1).max(500).optional(),
});
export type CancelSubscription = z.infer<typeof CancelSubscription>;

/** Names a feature. */
export const FeatureInput = z.object({ feature: FeatureKey });
export type FeatureInput = z.infer<typeof FeatureInput>;

const Source = z.object({ kind: z.enum(["subscription", "grant"]), id: z.uuid() });

/** Whether the organization may use a feature now, why, and until when. */
export const Access = z.object({
  feature: z.string(),
  granted: z.boolean(),
  /** How many; null is without limit, or a feature that has none. */
  limit: z.number().int().nullable(),
  /** How many of the limit are used; null where use is not counted. */
  used: z.number().int().nullable(),
  reason: AccessReason,
  /** What gives access; when nothing does, what comes closest to it. */
  source: Source.nullable(),
  /** When access ends if nothing happens; null when it renews by itself, or is not granted. */
  until: z.date().nullable(),
  /** Whether the answer rests on a state that Stripe could not be asked to confirm. */
  stale: z.boolean(),
});
export type Access = z.infer<typeof Access>;

const AccessRuleText = z.object({
  /** 1 union of all that counts · 2 end and trial · 3 payment grace · 4 reading back what should have changed. */
  rule: z.number().int(),
  text: z.string(),
  wouldChange: z.array(z.string()),
});

/** An access decision with all that it rests on. */
export const AccessExplanation = Access.extend({
  ...AccessRuleText.shape,
  /** Every subscription and grant that has the feature, and how each stands. */
  considered: z.array(
    z.object({
      kind: Source.shape.kind,
      id: z.uuid(),
      granted: z.boolean(),
      limit: z.number().int().nullable(),
      until: z.date().nullable(),
      reason: AccessReason,
      text: z.string(),
      /** Of a subscription, as Stripe says it. */
      status: z.string().nullable(),
      stripeSubscriptionId: z.string().nullable(),
    }),
  ),
  /** Stripe's ids of prices that subscriptions have and the catalogue does not: they grant nothing. */
  unknownPrices: z.array(z.string()),
  /** The Stripe events that brought the subscriptions to where they are, newest first. */
  stripeEventIds: z.array(z.string()),
});
export type AccessExplanation = z.infer<typeof AccessExplanation>;
