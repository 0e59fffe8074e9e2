import { z } from "zod";
import type { Ctx } from "../context.ts";
import { confirmIntent } from "../engine/confirm-intent.ts";
import { cancelIntent, createPaymentIntent } from "../engine/payment-intents.ts";
import { declined, resolvePaymentMethod } from "../engine/payment-methods.ts";
import { listObjects } from "../http/page.ts";
import {
  amount,
  created,
  currency,
  email,
  emptyable,
  flag,
  mergeMetadata,
  metadata,
  paging,
  text,
  url,
} from "../http/params.ts";
import { noParams, route, type Route } from "../http/route.ts";
import type { PaymentIntent } from "../model/payments.ts";
import { StripeError, invalidRequest } from "../stripe-error.ts";

const IntentCreate = z.strictObject({
  amount: amount(1),
  currency: currency(),
  allowed_payment_method_types: z.array(z.enum(["card"])).optional(),
  automatic_payment_methods: z
    .strictObject({ enabled: flag(), allow_redirects: z.enum(["always", "never"]).optional() })
    .optional(),
  confirm: flag().optional(),
  customer: text().optional(),
  description: text(1000).optional(),
  metadata: metadata().optional(),
  off_session: flag().optional(),
  payment_method: text().optional(),
  receipt_email: email().optional(),
  return_url: url().optional(),
  setup_future_usage: z.enum(["off_session", "on_session"]).optional(),
});
const IntentConfirm = z.strictObject({
  off_session: flag().optional(),
  payment_method: text().optional(),
  receipt_email: emptyable(email()).optional(),
  return_url: url().optional(),
  setup_future_usage: emptyable(z.enum(["off_session", "on_session"])).optional(),
});
type IntentConfirm = z.output<typeof IntentConfirm>;
const IntentUpdate = z.strictObject({
  amount: amount(1).optional(),
  description: emptyable(text(1000)).optional(),
  metadata: metadata().optional(),
  receipt_email: emptyable(email()).optional(),
});
const IntentCancel = z.strictObject({
  cancellation_reason: z.enum(["abandoned", "duplicate", "fraudulent", "requested_by_customer"]).optional(),
});

/** Payment intents: create, read, change, confirm, cancel, list. */
export const paymentIntentRoutes: Route[] = [
  route("POST", "/v1/payment_intents", IntentCreate, createIntent),
  route("GET", "/v1/payment_intents/:id", noParams, (ctx, _params, id) => ctx.store.get("payment_intent", id)),
  route("POST", "/v1/payment_intents/:id", IntentUpdate, updateIntent),
  route("POST", "/v1/payment_intents/:id/confirm", IntentConfirm, (ctx, params, id) =>
    confirm(ctx, ctx.store.get("payment_intent", id), params),
  ),
  route("POST", "/v1/payment_intents/:id/cancel", IntentCancel, (ctx, params, id) => {
    const intent = ctx.store.get("payment_intent", id);
    if (intent.status === "succeeded" || intent.status === "canceled") {
      throw invalidRequest(`You cannot cancel this PaymentIntent because it has a status of ${intent.status}.`, {
        code: "payment_intent_unexpected_state",
      });
    }
    return cancelIntent(ctx, intent, params.cancellation_reason ?? null);
  }),
  route(
    "GET",
    "/v1/payment_intents",
    z.strictObject({ ...paging, created: created(), customer: text().optional() }),
    (ctx, params) =>
      listObjects(
        ctx,
        "payment_intent",
        { customer: params.customer },
        { paging: params, created: params.created, url: "/v1/payment_intents" },
      ),
  ),
];

function createIntent(ctx: Ctx, params: z.output<typeof IntentCreate>): PaymentIntent {
  if (params.customer !== undefined) ctx.store.get("customer", params.customer, "customer");
  const method = params.payment_method === undefined ? null : resolvePaymentMethod(ctx, params.payment_method);
  const intent = createPaymentIntent(ctx, {
    amount: params.amount,
    currency: params.currency,
    customer: params.customer ?? null,
    description: params.description ?? null,
    metadata: mergeMetadata({}, params.metadata),
    paymentMethod: method?.id ?? null,
    receiptEmail: params.receipt_email ?? null,
    setupFutureUsage: params.setup_future_usage ?? null,
  });
  if (params.confirm !== true) return intent;
  return confirm(ctx, intent, { off_session: params.off_session, return_url: params.return_url });
}

function updateIntent(ctx: Ctx, params: z.output<typeof IntentUpdate>, id: string): PaymentIntent {
  const before = ctx.store.get("payment_intent", id);
  if (params.amount !== undefined && !before.status.startsWith("requires_")) {
    throw invalidRequest(
      `This PaymentIntent's amount could not be updated because it has a status of ${before.status}.`,
      {
        code: "payment_intent_unexpected_state",
      },
    );
  }
  const { metadata: change, ...plain } = params;
  const after: PaymentIntent = { ...before, metadata: mergeMetadata(before.metadata, change) };
  if (plain.amount !== undefined) after.amount = plain.amount;
  if (plain.description !== undefined) after.description = plain.description;
  if (plain.receipt_email !== undefined) after.receipt_email = plain.receipt_email;
  // Stripe has no payment_intent.updated event.
  ctx.store.put(after, ctx.now);
  return after;
}

/** Errors: 402 when the card fails; what happened stays recorded. */
function confirm(ctx: Ctx, intent: PaymentIntent, params: IntentConfirm): PaymentIntent {
  const chosen = params.payment_method ?? intent.payment_method;
  if (!chosen) {
    throw invalidRequest("You cannot confirm this PaymentIntent because it's missing a payment method.", {
      code: "payment_intent_unexpected_state",
    });
  }
  const method = resolvePaymentMethod(ctx, chosen);
  const after = confirmIntent(ctx, intent, method, { occasion: params.off_session === true ? "later" : "api" });
  if (after.status === "requires_action" && params.off_session === true) {
    throw new StripeError(402, "card_error", "Your card was declined. This transaction requires authentication.", {
      code: "authentication_required",
      declineCode: "authentication_required",
      intent: { payment_intent: after },
    });
  }
  if (after.status === "requires_payment_method") {
    throw declined(after.last_payment_error?.decline_code ?? "generic_decline", { payment_intent: after });
  }
  if (params.return_url === undefined || after.status !== "requires_action") return after;
  ctx.store.put(after, ctx.now, { returnTo: params.return_url });
  return after;
}
