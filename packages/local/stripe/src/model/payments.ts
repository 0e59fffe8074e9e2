import type Stripe from "stripe";
import type { Stored } from "./stored.ts";

export type PaymentMethod = Stored<Stripe.PaymentMethod, "customer">;
export type PaymentIntent = Stored<
  Stripe.PaymentIntent,
  | "application"
  | "customer"
  | "latest_charge"
  | "on_behalf_of"
  | "payment_method"
  | "payment_record"
  | "review"
  | "source"
>;
export type SetupIntent = Stored<
  Stripe.SetupIntent,
  "application" | "customer" | "latest_attempt" | "mandate" | "on_behalf_of" | "payment_method" | "single_use_mandate"
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
