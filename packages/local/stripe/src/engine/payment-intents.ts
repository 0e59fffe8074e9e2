import type { Ctx } from "../context.ts";
import { create, emit } from "../events/record.ts";
import { newId, randomText } from "../ids.ts";
import type { PaymentIntent, PaymentMethod } from "../model/payments.ts";
import type { Metadata } from "../model/stored.ts";
import { behaviorOf, type Occasion } from "./cards.ts";
import { newCharge } from "./charges.ts";

/** What a new payment intent is for; amounts in the smallest unit. */
export interface IntentRequest {
  amount: number;
  currency: string;
  customer: string | null;
  description?: string | null;
  metadata?: Metadata;
  paymentMethod?: string | null;
  receiptEmail?: string | null;
  setupFutureUsage?: "off_session" | "on_session" | null;
}

/** Makes a payment intent that waits for a card. Emits `payment_intent.created`. */
export function createPaymentIntent(ctx: Ctx, request: IntentRequest): PaymentIntent {
  const id = newId("pi");
  const method = request.paymentMethod ?? null;
  const intent: PaymentIntent = {
    ...unusedParts(),
    id,
    object: "payment_intent",
    amount: request.amount,
    client_secret: `${id}_secret_${randomText(25)}`,
    created: ctx.now,
    currency: request.currency,
    customer: request.customer,
    description: request.description ?? null,
    metadata: request.metadata ?? {},
    payment_method: method,
    payment_method_options: {
      card: { installments: null, mandate_options: null, network: null, request_three_d_secure: "automatic" },
    },
    receipt_email: request.receiptEmail ?? null,
    setup_future_usage: request.setupFutureUsage ?? null,
    status: method === null ? "requires_payment_method" : "requires_confirmation",
  };
  create(ctx, intent, "payment_intent.created");
  return intent;
}

/**
 * Charges a card. Afterwards the intent is `succeeded`, `requires_action` (3-D Secure) or `requires_payment_method` (declined).
 * `authenticated`: the customer has just completed 3-D Secure, so it is not asked for again.
 * Emits charge.* and payment_intent.* events.
 */
export function payIntent(
  ctx: Ctx,
  intent: PaymentIntent,
  method: PaymentMethod,
  occasion: Occasion,
  authenticated = false,
): PaymentIntent {
  const behavior = behaviorOf(method);
  const reaction = behavior[occasion];
  if (reaction === "needs_action" && !authenticated) return requireAction(ctx, intent, method);
  if (reaction === "declined") return decline(ctx, intent, method, behavior.declineCode);
  const charge = newCharge(ctx, intent, method, null);
  create(ctx, charge, "charge.succeeded");
  return settleIntent(
    ctx,
    intent,
    {
      status: "succeeded",
      amount_received: intent.amount,
      latest_charge: charge.id,
      last_payment_error: null,
      payment_method: method.id,
    },
    "payment_intent.succeeded",
  );
}

/** The customer failed or refused 3-D Secure: as a decline, but no charge was made. */
export function failAuthentication(ctx: Ctx, intent: PaymentIntent): PaymentIntent {
  const message =
    "We are unable to authenticate your payment method. Please choose a different payment method and try again.";
  return settleIntent(
    ctx,
    intent,
    {
      status: "requires_payment_method",
      payment_method: null,
      last_payment_error: { code: "payment_intent_authentication_failure", message, type: "card_error" },
    },
    "payment_intent.payment_failed",
  );
}

/** Ends an intent that has not succeeded. Emits `payment_intent.canceled`. */
export function cancelIntent(
  ctx: Ctx,
  intent: PaymentIntent,
  reason: PaymentIntent["cancellation_reason"],
): PaymentIntent {
  return settleIntent(
    ctx,
    intent,
    { status: "canceled", canceled_at: ctx.now, cancellation_reason: reason },
    "payment_intent.canceled",
  );
}

function requireAction(ctx: Ctx, intent: PaymentIntent, method: PaymentMethod): PaymentIntent {
  const url = `${ctx.baseUrl}/c/authenticate/${intent.client_secret ?? ""}`;
  return settleIntent(
    ctx,
    intent,
    {
      status: "requires_action",
      payment_method: method.id,
      next_action: { redirect_to_url: { return_url: null, url }, type: "redirect_to_url" },
    },
    "payment_intent.requires_action",
  );
}

function decline(ctx: Ctx, intent: PaymentIntent, method: PaymentMethod, declineCode: string): PaymentIntent {
  const charge = newCharge(ctx, intent, method, declineCode);
  create(ctx, charge, "charge.failed");
  return settleIntent(
    ctx,
    intent,
    {
      status: "requires_payment_method",
      latest_charge: charge.id,
      payment_method: null,
      last_payment_error: {
        charge: charge.id,
        code: "card_declined",
        decline_code: declineCode,
        message: "Your card was declined.",
        type: "card_error",
      },
    },
    "payment_intent.payment_failed",
  );
}

function settleIntent(ctx: Ctx, intent: PaymentIntent, change: Partial<PaymentIntent>, type: string): PaymentIntent {
  const after: PaymentIntent = { ...intent, next_action: null, ...change };
  ctx.store.put(after, ctx.now);
  emit(ctx, type, after);
  return after;
}

function unusedParts() {
  return {
    allowed_payment_method_types: ["card"],
    amount_capturable: 0,
    amount_details: { tip: {} },
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: null,
    canceled_at: null,
    cancellation_reason: null,
    capture_method: "automatic",
    confirmation_method: "automatic",
    customer_account: null,
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    managed_payments: { enabled: false },
    next_action: null,
    on_behalf_of: null,
    payment_method_configuration_details: null,
    payment_method_types: ["card"],
    payment_record: null,
    processing: null,
    review: null,
    shipping: null,
    source: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    transfer_data: null,
    transfer_group: null,
  };
}
