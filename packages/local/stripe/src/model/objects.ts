import type Stripe from "stripe";

/** The same object with its expandable fields as they are stored: ids, never nested objects. */
type Stored<T, K extends keyof T> = Omit<T, K> & { [P in K]: Exclude<T[P], object> };

/** A list as it is embedded in objects and answered by list routes. */
export interface List<T> {
  object: "list";
  data: T[];
  has_more: boolean;
  url: string;
}

export type Metadata = Record<string, string>;

export type Customer = Stored<Stripe.Customer, "default_source"> & {
  invoice_settings: { default_payment_method: string | null };
};
export type Product = Stored<Stripe.Product, "default_price" | "tax_code">;
/** `*_decimal` fields travel as strings; the SDK turns them into Decimal on its side. */
export type Price = Omit<Stored<Stripe.Price, "product">, "unit_amount_decimal" | "tiers" | "currency_options"> & {
  unit_amount_decimal: string | null;
};
export type Plan = Omit<Stored<Stripe.Plan, "product">, "amount_decimal" | "tiers"> & {
  amount_decimal: string | null;
};
export type SubscriptionItem = Omit<Stripe.SubscriptionItem, "plan" | "price" | "discounts"> & {
  plan: Plan;
  price: Price;
  discounts: string[];
};
export type PendingUpdate = Omit<Stripe.Subscription.PendingUpdate, "subscription_items" | "discounts" | "discount"> & {
  subscription_items: SubscriptionItem[] | null;
  discounts: string[] | null;
  discount: null;
};
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
export type InvoicePayment = Omit<Stored<Stripe.InvoicePayment, "invoice">, "payment"> & {
  payment: { payment_intent: string; type: "payment_intent" };
};
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

export type PaymentMethod = Stored<Stripe.PaymentMethod, "customer">;
export type PaymentIntent = Stored<
  Stripe.PaymentIntent,
  "application" | "customer" | "latest_charge" | "on_behalf_of" | "payment_method" | "payment_record" | "review" | "source"
>;
export type SetupIntent = Stored<
  Stripe.SetupIntent,
  | "application"
  | "customer"
  | "latest_attempt"
  | "mandate"
  | "on_behalf_of"
  | "payment_method"
  | "single_use_mandate"
>;
export type Charge = Omit<
  Stored<
    Stripe.Charge,
    | "application"
    | "application_fee"
    | "balance_transaction"
    | "customer"
    | "failure_balance_transaction"
    | "on_behalf_of"
    | "payment_intent"
    | "review"
    | "source_transfer"
  >,
  "refunds"
>;
export type Refund = Stored<
  Stripe.Refund,
  | "balance_transaction"
  | "charge"
  | "customer"
  | "payment_intent"
  | "payment_method"
  | "source_transfer_reversal"
  | "transfer_reversal"
>;

export type Coupon = Stripe.Coupon;
export type PromotionCode = Omit<Stored<Stripe.PromotionCode, "customer">, "promotion"> & {
  promotion: { coupon: string; type: "coupon" };
};
export type Discount = Omit<Stored<Stripe.Discount, "customer" | "promotion_code">, "source"> & {
  source: { coupon: string; type: "coupon" };
};

export type LineItem = Omit<Stripe.LineItem, "price"> & { price: Price };
export type CheckoutSession = Omit<
  Stored<
    Stripe.Checkout.Session,
    "customer" | "invoice" | "payment_intent" | "payment_link" | "setup_intent" | "subscription"
  >,
  "line_items" | "discounts"
> & { discounts: { coupon: string | null; promotion_code: string | null }[] | null };
export type PortalSession = Stored<Stripe.BillingPortal.Session, "configuration">;
export type PortalConfiguration = Stored<Stripe.BillingPortal.Configuration, "application">;
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
export type ObjectName = keyof StoredObjects;
export type AnyObject = StoredObjects[ObjectName];
