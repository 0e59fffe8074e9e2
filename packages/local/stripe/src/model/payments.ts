import type Stripe from "stripe";
import type { Stored } from "./stored.ts";

/** A card. */
export type PaymentMethod = Stored<Stripe.PaymentMethod, "customer">;
/** The wish to collect an amount. */
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
/** The wish to keep a card. */
export type SetupIntent = Stored<
  Stripe.SetupIntent,
  "application" | "customer" | "latest_attempt" | "mandate" | "on_behalf_of" | "payment_method" | "single_use_mandate"
>;
/** One attempt to take money; refunds are includable. */
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
/** Money given back. */
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
