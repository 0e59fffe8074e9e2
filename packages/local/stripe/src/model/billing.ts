import type Stripe from "stripe";
import type { List, Metadata, Stored } from "./stored.ts";

/** `*_decimal` fields travel as strings; the SDK turns them into Decimal on its side. */
export type Price = Omit<Stored<Stripe.Price, "product">, "unit_amount_decimal" | "tiers" | "currency_options"> & {
  unit_amount_decimal: string | null;
};
/** The older twin of a recurring price, inside items. */
export type Plan = Omit<Stored<Stripe.Plan, "product">, "amount_decimal" | "tiers"> & {
  amount_decimal: string | null;
};
/** One price of a subscription, with its own period. */
export type SubscriptionItem = Omit<Stripe.SubscriptionItem, "plan" | "price" | "discounts"> & {
  plan: Plan;
  price: Price;
  discounts: string[];
};
/** A change of items that waits for its invoice to be paid. */
export type PendingUpdate = Omit<Stripe.Subscription.PendingUpdate, "subscription_items" | "discounts" | "discount"> & {
  subscription_items: SubscriptionItem[] | null;
  discounts: string[] | null;
  discount: null;
};
/** A subscription; items are embedded, discounts are ids. */
export type Subscription = Omit<
  Stored<
    Stripe.Subscription,
    | "application"
    | "customer"
    | "default_payment_method"
    | "default_source"
    | "latest_invoice"
    | "on_behalf_of"
    | "pending_setup_intent"
    | "schedule"
    | "test_clock"
  >,
  "items" | "discounts" | "pending_update"
> & {
  items: List<SubscriptionItem>;
  discounts: string[];
  pending_update: PendingUpdate | null;
};

/** One line of an invoice. */
export type InvoiceLine = Omit<
  Stored<Stripe.InvoiceLineItem, "subscription">,
  "quantity_decimal" | "pricing" | "discounts" | "discount_amounts"
> & {
  quantity_decimal: string | null;
  pricing: {
    price_details: { price: string; product: string };
    type: "price_details";
    unit_amount_decimal: string | null;
  } | null;
  discounts: string[];
  discount_amounts: { amount: number; discount: string }[] | null;
};
/** An invoice with all its lines. */
export type Invoice = Omit<
  Stored<
    Stripe.Invoice,
    | "application"
    | "customer"
    | "default_payment_method"
    | "default_source"
    | "latest_revision"
    | "on_behalf_of"
    | "test_clock"
  >,
  "lines" | "payments" | "parent" | "discounts" | "total_discount_amounts"
> & {
  lines: List<InvoiceLine>;
  parent: {
    quote_details: null;
    subscription_details: {
      metadata: Metadata | null;
      subscription: string;
      subscription_proration_date?: number;
    } | null;
    type: "subscription_details";
  } | null;
  discounts: string[];
  total_discount_amounts: { amount: number; discount: string }[] | null;
};
/** The link between an invoice and the payment intent that pays it. */
export type InvoicePayment = Omit<Stored<Stripe.InvoicePayment, "invoice">, "payment"> & {
  payment: { payment_intent: string; type: "payment_intent" };
};
/** Something that waits for the next invoice: a proration, or added by hand. */
export type InvoiceItem = Omit<
  Stored<Stripe.InvoiceItem, "customer" | "invoice" | "test_clock">,
  "quantity_decimal" | "pricing" | "parent" | "discounts"
> & {
  quantity_decimal: string;
  pricing: InvoiceLine["pricing"];
  parent: {
    subscription_details: { subscription: string; subscription_item?: string } | null;
    type: "subscription_details";
  } | null;
  discounts: string[] | null;
};

/** What a subscription consists of between two dates. */
export type SchedulePhase = Omit<
  Stored<Stripe.SubscriptionSchedule.Phase, "default_payment_method" | "on_behalf_of">,
  "items"
> & {
  items: {
    billing_thresholds: null;
    discounts: [];
    metadata: Metadata | null;
    plan: string;
    price: string;
    quantity: number;
    tax_rates: [];
  }[];
};
/** The phases a subscription goes through. */
export type SubscriptionSchedule = Omit<
  Stored<Stripe.SubscriptionSchedule, "application" | "customer" | "subscription" | "test_clock">,
  "phases"
> & { phases: SchedulePhase[] };
