import { z } from "zod";
import type { Ctx } from "../context.ts";
import { create, emit, update } from "../events/record.ts";
import { listObjects } from "../http/page.ts";
import { amount, created, mergeMetadata, metadata, paging, text } from "../http/params.ts";
import { noParams, route, type Route } from "../http/route.ts";
import { newId } from "../ids.ts";
import type { Charge, Refund } from "../model/payments.ts";
import { invalidRequest, parameterMissing } from "../stripe-error.ts";

const RefundCreate = z.strictObject({
  amount: amount(1).optional(),
  charge: text().optional(),
  metadata: metadata().optional(),
  payment_intent: text().optional(),
  reason: z.enum(["duplicate", "fraudulent", "requested_by_customer"]).optional(),
});
const byPayment = { ...paging, created: created(), payment_intent: text().optional() };

/** Charges are read only; refunds are made and read. */
export const chargeRoutes: Route[] = [
  route("GET", "/v1/charges/:id", noParams, (ctx, _params, id) => ctx.store.get("charge", id)),
  route("GET", "/v1/charges", z.strictObject({ ...byPayment, customer: text().optional() }), (ctx, params) =>
    listObjects(
      ctx,
      "charge",
      { customer: params.customer, payment_intent: params.payment_intent },
      { paging: params, created: params.created, url: "/v1/charges" },
    ),
  ),
  route("POST", "/v1/refunds", RefundCreate, createRefund),
  route("GET", "/v1/refunds/:id", noParams, (ctx, _params, id) => ctx.store.get("refund", id)),
  route("GET", "/v1/refunds", z.strictObject({ ...byPayment, charge: text().optional() }), (ctx, params) =>
    listObjects(
      ctx,
      "refund",
      { charge: params.charge, payment_intent: params.payment_intent },
      { paging: params, created: params.created, url: "/v1/refunds" },
    ),
  ),
];

/**
 * Gives money back; the subscription is not touched. Emits `refund.created`, `charge.refunded`, `refund.updated`.
 * Errors: 400 `charge_already_refunded`, more than is left, or a payment that did not succeed.
 */
function createRefund(ctx: Ctx, params: z.output<typeof RefundCreate>): Refund {
  const charge = chargeOf(ctx, params);
  const left = charge.amount - charge.amount_refunded;
  if (charge.status !== "succeeded") throw invalidRequest("This charge did not succeed and cannot be refunded.");
  if (left === 0) {
    throw invalidRequest(`Charge ${charge.id} has already been refunded.`, { code: "charge_already_refunded" });
  }
  const refunded = params.amount ?? left;
  if (refunded > left) {
    throw invalidRequest(`Refund amount (${refunded}) is greater than unrefunded amount on charge (${left})`, {
      param: "amount",
    });
  }
  const refund = newRefund(ctx, charge, refunded, params);
  create(ctx, refund, "refund.created");
  const total = charge.amount_refunded + refunded;
  const after: Charge = { ...charge, amount_refunded: total, refunded: total === charge.amount };
  update(ctx, charge, after, "charge.refunded");
  emit(ctx, "refund.updated", refund);
  return refund;
}

function chargeOf(ctx: Ctx, params: z.output<typeof RefundCreate>): Charge {
  if (params.charge !== undefined) return ctx.store.get("charge", params.charge, "charge");
  if (params.payment_intent === undefined) throw parameterMissing("payment_intent");
  const intent = ctx.store.get("payment_intent", params.payment_intent, "payment_intent");
  if (intent.latest_charge === null) {
    throw invalidRequest(`This PaymentIntent (${intent.id}) does not have a successful charge to refund.`, {
      param: "payment_intent",
    });
  }
  return ctx.store.get("charge", intent.latest_charge);
}

function newRefund(ctx: Ctx, charge: Charge, amountMinor: number, params: z.output<typeof RefundCreate>): Refund {
  return {
    id: newId("re"),
    object: "refund",
    amount: amountMinor,
    balance_transaction: null,
    charge: charge.id,
    created: ctx.now,
    currency: charge.currency,
    customer: charge.customer,
    customer_account: null,
    destination_details: {
      card: { reference_status: "pending", reference_type: "acquirer_reference_number", type: "refund" },
      type: "card",
    },
    metadata: mergeMetadata({}, params.metadata),
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    reason: params.reason ?? null,
    receipt_number: null,
    source_transfer_reversal: null,
    status: "succeeded",
    transfer_reversal: null,
  };
}
