import type { Ctx } from "../context.ts";
import { newId, randomText } from "../ids.ts";
import type { Charge, PaymentIntent, PaymentMethod } from "../model/payments.ts";

/** A charge for the whole amount of `intent` on `method`; with a `declineCode` it failed. Not stored, no event. */
export function newCharge(ctx: Ctx, intent: PaymentIntent, method: PaymentMethod, declineCode: string | null): Charge {
  const id = newId("ch");
  const succeeded = declineCode === null;
  return {
    ...unusedParts(),
    id,
    object: "charge",
    amount: intent.amount,
    amount_captured: succeeded ? intent.amount : 0,
    billing_details: method.billing_details,
    captured: succeeded,
    created: ctx.now,
    currency: intent.currency,
    customer: intent.customer,
    description: intent.description,
    failure_code: succeeded ? null : "card_declined",
    failure_message: succeeded ? null : "Your card was declined.",
    metadata: intent.metadata,
    outcome: outcomeOf(declineCode),
    paid: succeeded,
    payment_intent: intent.id,
    payment_method: method.id,
    payment_method_details: { card: cardDetails(intent, method), type: "card" },
    receipt_email: intent.receipt_email,
    statement_descriptor: intent.statement_descriptor,
    status: succeeded ? "succeeded" : "failed",
  };
}

function unusedParts() {
  return {
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: null,
    calculated_statement_descriptor: "LOCAL STRIPE",
    disputed: false,
    failure_balance_transaction: null,
    fraud_details: {},
    livemode: false,
    on_behalf_of: null,
    receipt_number: null,
    receipt_url: null,
    refunded: false,
    review: null,
    shipping: null,
    source: null,
    source_transfer: null,
    statement_descriptor_suffix: null,
    transfer_data: null,
    transfer_group: null,
  };
}

function outcomeOf(declineCode: string | null): Charge["outcome"] {
  const succeeded = declineCode === null;
  return {
    advice_code: null,
    network_advice_code: null,
    network_decline_code: succeeded ? null : "05",
    network_status: succeeded ? "approved_by_network" : "declined_by_network",
    reason: declineCode,
    risk_level: "normal",
    risk_score: 20,
    seller_message: succeeded ? "Payment complete." : "The bank did not return any further details with this decline.",
    type: succeeded ? "authorized" : "issuer_declined",
  };
}

function cardDetails(
  intent: PaymentIntent,
  method: PaymentMethod,
): NonNullable<Charge["payment_method_details"]>["card"] {
  return {
    amount_authorized: intent.amount,
    authorization_code: randomText(6).toUpperCase(),
    brand: method.card?.brand ?? null,
    checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: "pass" },
    country: method.card?.country ?? null,
    electronic_commerce_indicator: null,
    exp_month: method.card?.exp_month ?? 12,
    exp_year: method.card?.exp_year ?? 2099,
    fingerprint: method.card?.fingerprint ?? null,
    funding: method.card?.funding ?? null,
    installments: null,
    last4: method.card?.last4 ?? null,
    mandate: null,
    network: method.card?.brand ?? null,
    network_transaction_id: randomText(15),
    regulated_status: "unregulated",
    three_d_secure: null,
    transaction_link_id: null,
    wallet: null,
  };
}
