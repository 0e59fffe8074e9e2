import { z } from "zod";
import type { Ctx } from "../context.ts";
import { attachPaymentMethod, declined, resolvePaymentMethod } from "../engine/payment-methods.ts";
import { cancelSetup, confirmSetup, createSetupIntent } from "../engine/setup-intents.ts";
import { listObjects } from "../http/page.ts";
import { created, flag, mergeMetadata, metadata, paging, text, url } from "../http/params.ts";
import { noParams, route, type Route } from "../http/route.ts";
import type { SetupIntent } from "../model/payments.ts";
import { invalidRequest } from "../stripe-error.ts";

const SetupCreate = z.strictObject({
  allowed_payment_method_types: z.array(z.enum(["card"])).optional(),
  automatic_payment_methods: z
    .strictObject({ enabled: flag(), allow_redirects: z.enum(["always", "never"]).optional() })
    .optional(),
  confirm: flag().optional(),
  customer: text().optional(),
  description: text(1000).optional(),
  metadata: metadata().optional(),
  payment_method: text().optional(),
  return_url: url().optional(),
  usage: z.enum(["off_session", "on_session"]).optional(),
});
const SetupConfirm = z.strictObject({ payment_method: text().optional(), return_url: url().optional() });

/** Setup intents: create, read, confirm, cancel, list. */
export const setupIntentRoutes: Route[] = [
  route("POST", "/v1/setup_intents", SetupCreate, (ctx, params) => {
    if (params.customer !== undefined) ctx.store.get("customer", params.customer, "customer");
    const method = params.payment_method === undefined ? null : resolvePaymentMethod(ctx, params.payment_method);
    const intent = createSetupIntent(ctx, {
      customer: params.customer ?? null,
      metadata: mergeMetadata({}, params.metadata),
      description: params.description ?? null,
      usage: params.usage ?? "off_session",
      paymentMethod: method?.id ?? null,
    });
    return params.confirm === true ? confirm(ctx, intent, params) : intent;
  }),
  route("GET", "/v1/setup_intents/:id", noParams, (ctx, _params, id) => ctx.store.get("setup_intent", id)),
  route("POST", "/v1/setup_intents/:id/confirm", SetupConfirm, (ctx, params, id) =>
    confirm(ctx, ctx.store.get("setup_intent", id), params),
  ),
  route("POST", "/v1/setup_intents/:id/cancel", noParams, (ctx, _params, id) => {
    const intent = ctx.store.get("setup_intent", id);
    if (intent.status === "succeeded" || intent.status === "canceled") throw unexpected(intent);
    return cancelSetup(ctx, intent);
  }),
  route(
    "GET",
    "/v1/setup_intents",
    z.strictObject({ ...paging, created: created(), customer: text().optional() }),
    (ctx, params) =>
      listObjects(
        ctx,
        "setup_intent",
        { customer: params.customer },
        { paging: params, created: params.created, url: "/v1/setup_intents" },
      ),
  ),
];

/** Errors: 402 when the card fails. A card that works is the customer's from then on. */
function confirm(
  ctx: Ctx,
  intent: SetupIntent,
  params: { payment_method?: string | undefined; return_url?: string | undefined },
): SetupIntent {
  if (intent.status === "succeeded" || intent.status === "canceled") throw unexpected(intent);
  const chosen = params.payment_method ?? intent.payment_method;
  if (!chosen) throw invalidRequest("You cannot confirm this SetupIntent because it's missing a payment method.");
  const method = resolvePaymentMethod(ctx, chosen);
  const after = confirmSetup(ctx, intent, method);
  if (after.status === "requires_payment_method") {
    throw declined(after.last_setup_error?.decline_code ?? "generic_decline", { setup_intent: after });
  }
  if (after.status === "succeeded" && after.customer !== null) attachPaymentMethod(ctx, method.id, after.customer);
  if (after.status === "requires_action" && params.return_url !== undefined) {
    ctx.store.put(after, ctx.now, { returnTo: params.return_url });
  }
  return after;
}

function unexpected(intent: SetupIntent): Error {
  return invalidRequest(`This SetupIntent has a status of ${intent.status} and cannot be changed any more.`, {
    code: "setup_intent_unexpected_state",
  });
}
