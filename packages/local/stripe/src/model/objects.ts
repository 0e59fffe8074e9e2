import type Stripe from "stripe";
import type { Invoice, InvoiceItem, InvoicePayment, Price, Subscription, SubscriptionSchedule } from "./billing.ts";
import type { Charge, PaymentIntent, PaymentMethod, Refund, SetupIntent } from "./payments.ts";
import type { Stored } from "./stored.ts";

/** A customer. */
export type Customer = Stored<Stripe.Customer, "default_source"> & {
  invoice_settings: { default_payment_method: string | null };
};
/** A product. */
export type Product = Stored<Stripe.Product, "default_price" | "tax_code">;
/** A reduction that can be redeemed. */
export type Coupon = Stripe.Coupon;
/** A code that people type for a coupon. */
export type PromotionCode = Omit<Stored<Stripe.PromotionCode, "customer">, "promotion"> & {
  promotion: { coupon: string; type: "coupon" };
};
/** A coupon that was redeemed for a subscription. */
export type Discount = Omit<Stored<Stripe.Discount, "customer" | "promotion_code">, "source"> & {
  source: { coupon: string; type: "coupon" };
};

/** One thing in a checkout session. */
export type LineItem = Omit<Stripe.LineItem, "price"> & { price: Price };
/** A checkout session; line items are includable. */
export type CheckoutSession = Omit<
  Stored<
    Stripe.Checkout.Session,
    "customer" | "invoice" | "payment_intent" | "payment_link" | "setup_intent" | "subscription"
  >,
  "line_items" | "discounts"
> & { discounts: { coupon: string | null; promotion_code: string | null }[] | null };
/** A visit to the customer portal. */
export type PortalSession = Stored<Stripe.BillingPortal.Session, "configuration">;
/** What the customer portal lets people do. */
export type PortalConfiguration = Stored<Stripe.BillingPortal.Configuration, "application">;
/** Where events go; the secret is kept apart. */
export type WebhookEndpoint = Stripe.WebhookEndpoint;

/** An event; `data.object` is the snapshot of the moment it happened. */
export interface Event {
  id: string;
  object: "event";
  api_version: string | null;
  created: number;
  data: { object: unknown; previous_attributes?: Record<string, unknown> };
  livemode: boolean;
  pending_webhooks: number;
  request: { id: string | null; idempotency_key: string | null } | null;
  type: string;
}

/** Everything that is kept, by the value of its `object` field. */
export interface StoredObjects {
  customer: Customer;
  product: Product;
  price: Price;
  subscription: Subscription;
  subscription_schedule: SubscriptionSchedule;
  invoice: Invoice;
  invoice_payment: InvoicePayment;
  invoiceitem: InvoiceItem;
  payment_method: PaymentMethod;
  payment_intent: PaymentIntent;
  setup_intent: SetupIntent;
  charge: Charge;
  refund: Refund;
  coupon: Coupon;
  promotion_code: PromotionCode;
  discount: Discount;
  "checkout.session": CheckoutSession;
  "billing_portal.session": PortalSession;
  "billing_portal.configuration": PortalConfiguration;
  webhook_endpoint: WebhookEndpoint;
}
/** The `object` field of what is kept. */
export type ObjectName = keyof StoredObjects;
/** Any object that is kept. */
export type AnyObject = StoredObjects[ObjectName];
