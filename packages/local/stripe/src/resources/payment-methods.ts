import { z } from "zod";
import { findTestCard } from "../engine/cards.ts";
import { attachPaymentMethod, detachPaymentMethod, newCard } from "../engine/payment-methods.ts";
import { update } from "../events/record.ts";
import { listObjects } from "../http/page.ts";
import { email, emptyable, integer, mergeMetadata, metadata, paging, text } from "../http/params.ts";
import { noParams, route, type Route } from "../http/route.ts";
import { StripeError } from "../stripe-error.ts";

const MethodCreate = z.strictObject({
  type: z.enum(["card"]),
  card: z.strictObject({
    number: text(30),
    exp_month: integer(1, 12).optional(),
    exp_year: integer(2020, 2100).optional(),
    cvc: text(4).optional(),
  }),
  billing_details: z.strictObject({ email: email().optional(), name: text().optional() }).optional(),
  metadata: metadata().optional(),
});
const MethodUpdate = z.strictObject({
  billing_details: z
    .strictObject({ email: emptyable(email()).optional(), name: emptyable(text()).optional() })
    .optional(),
  metadata: metadata().optional(),
});

/** Payment methods: create from a test card, read, change, attach, detach, list. */
export const paymentMethodRoutes: Route[] = [
  route("POST", "/v1/payment_methods", MethodCreate, (ctx, params) => {
    const behavior = findTestCard(params.card.number);
    if (behavior === undefined) {
      throw new StripeError(402, "card_error", "Your card number is incorrect. Only the test cards are known here.", {
        code: "incorrect_number",
        param: "number",
      });
    }
    const method = { ...newCard(ctx, behavior, params.billing_details), metadata: mergeMetadata({}, params.metadata) };
    ctx.store.put(method, ctx.now);
    return method;
  }),
  route("GET", "/v1/payment_methods/:id", noParams, (ctx, _params, id) => ctx.store.get("payment_method", id)),
  route("POST", "/v1/payment_methods/:id", MethodUpdate, (ctx, params, id) => {
    const before = ctx.store.get("payment_method", id);
    const billing = { ...before.billing_details };
    if (params.billing_details?.email !== undefined) billing.email = params.billing_details.email;
    if (params.billing_details?.name !== undefined) billing.name = params.billing_details.name;
    const after = {
      ...before,
      billing_details: billing,
      metadata: mergeMetadata(before.metadata ?? {}, params.metadata),
    };
    return update(ctx, before, after, "payment_method.updated");
  }),
  route("POST", "/v1/payment_methods/:id/attach", z.strictObject({ customer: text() }), (ctx, params, id) =>
    attachPaymentMethod(ctx, id, params.customer),
  ),
  route("POST", "/v1/payment_methods/:id/detach", noParams, (ctx, _params, id) => detachPaymentMethod(ctx, id)),
  route(
    "GET",
    "/v1/payment_methods",
    z.strictObject({ ...paging, customer: text(), type: z.enum(["card"]).optional() }),
    (ctx, params) =>
      listObjects(ctx, "payment_method", { customer: params.customer }, { paging: params, url: "/v1/payment_methods" }),
  ),
];
