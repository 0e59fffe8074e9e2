import express, { type Request, type Response, Router } from "express";
import type { Ctx } from "../context.ts";
import { cancelSubscription } from "../engine/cancel-subscription.ts";
import { findTestCard } from "../engine/cards.ts";
import { changeItems, type ChangeOptions } from "../engine/change-items.ts";
import { attachPaymentMethod, newCard } from "../engine/payment-methods.ts";
import { scheduleCancel, undoCancel, useCard } from "../engine/portal-actions.ts";
import { confirmSetup, createSetupIntent } from "../engine/setup-intents.ts";
import type { Subscription } from "../model/billing.ts";
import type { PortalConfiguration, PortalSession } from "../model/objects.ts";
import type { World } from "../world.ts";
import { sendNotice, sendPage } from "./layout.ts";
import { pageWork, type Answer } from "./page-work.ts";
import { portalPage } from "./portal-page.ts";
import { readFields } from "./read-fields.ts";

interface Visit {
  ctx: Ctx;
  session: PortalSession;
  features: PortalConfiguration["features"];
  fields: Partial<Record<string, string>>;
  response: Response;
}

/** The customer portal: `/p/session/:id` and its forms. Each form does one thing and comes back to the page. */
export function portalPages(world: World): Router {
  const router = Router();
  router.use("/p/session", express.urlencoded({ extended: false, limit: "10kb" }));
  router.get("/p/session/:id", (request, response) => visit(world, request, response, (here) => show(here, null)));
  router.post("/p/session/:id/confirm", (request, response) => visit(world, request, response, confirmUpdate));
  router.post("/p/session/:id/card", (request, response) => visit(world, request, response, changeCard));
  const forms = { cancel, undo, plan: changePlan };
  for (const [name, work] of Object.entries(forms)) {
    router.post(`/p/session/:id/subscriptions/:subscription/${name}`, (request, response) =>
      visit(world, request, response, (here) => {
        const subscription = here.ctx.store.find("subscription", request.params.subscription);
        if (
          subscription === null ||
          subscription.customer !== here.session.customer ||
          subscription.ended_at !== null
        ) {
          return show(here, "This subscription cannot be changed any more.");
        }
        return work(here, subscription);
      }),
    );
  }
  return router;
}

function visit(world: World, request: Request, response: Response, work: (here: Visit) => Answer): Promise<void> {
  const enter = (ctx: Ctx, then: (here: Visit) => Answer): Answer => {
    const session = ctx.store.find("billing_portal.session", String(request.params.id));
    if (session === null) {
      return () => sendNotice(response, 404, "No such page", "This link does not lead to a customer portal.");
    }
    if (ctx.store.find("customer", session.customer) === null) {
      const text = "This customer was deleted, and what they had was canceled.";
      return () => sendNotice(response, 410, "No portal any more", text, session.return_url);
    }
    const { features } = ctx.store.get("billing_portal.configuration", session.configuration);
    return then({ ctx, session, features, fields: readFields(request.body), response });
  };
  return pageWork(
    world,
    (ctx) => enter(ctx, work),
    (ctx, message, status) => enter(ctx, (here) => show(here, message, status)),
  );
}

function show(here: Visit, problem: string | null, status = problem === null ? 200 : 400): Answer {
  const { ctx, session, response } = here;
  const message = problem === null ? null : { text: problem, isProblem: true };
  const page = portalPage(ctx, session, message);
  return () => sendPage(response, status, "Customer portal", page);
}

/** Back to the page, or to where the flow of the session says. */
function done(here: Visit): Answer {
  const { session, response } = here;
  const after = session.flow?.after_completion;
  const target =
    after?.type === "redirect" && after.redirect !== null ? after.redirect.return_url : `/p/session/${session.id}`;
  return () => response.redirect(303, target);
}

function cancel(here: Visit, subscription: Subscription): Answer {
  const { ctx, features, fields } = here;
  if (!features.subscription_cancel.enabled) return show(here, "Canceling here is switched off.");
  const feedback = fields.feedback ?? null;
  if (features.subscription_cancel.mode === "immediately")
    cancelSubscription(ctx, subscription, { reason: "cancellation_requested", feedback });
  else scheduleCancel(ctx, subscription, feedback);
  return done(here);
}

function undo(here: Visit, subscription: Subscription): Answer {
  undoCancel(here.ctx, subscription);
  return done(here);
}

function changePlan(here: Visit, subscription: Subscription): Answer {
  const { ctx, features, fields } = here;
  const update = features.subscription_update;
  const [item] = subscription.items.data;
  if (!update.enabled || item === undefined) return show(here, "Changing the plan here is switched off.");
  const offered = (update.products ?? []).flatMap((entry) => entry.prices);
  const priceId = update.default_allowed_updates.includes("price") ? (fields.price ?? item.price.id) : item.price.id;
  if (priceId !== item.price.id && !offered.includes(priceId)) return show(here, "This plan is not offered.");
  const quantity = update.default_allowed_updates.includes("quantity")
    ? Number(fields.quantity ?? item.quantity)
    : (item.quantity ?? 1);
  if (!Number.isInteger(quantity) || quantity < 1 || quantity > 999_999)
    return show(here, "Please enter a number of seats.");
  const request = { id: item.id, price: ctx.store.get("price", priceId), quantity };
  changeItems(ctx, subscription, subscription, [request], billing(ctx, features));
  return done(here);
}

/** Does the change that the session was made to confirm, once. */
function confirmUpdate(here: Visit): Answer {
  const { ctx, session, features } = here;
  const change = session.flow?.subscription_update_confirm;
  const subscription = change ? ctx.store.find("subscription", change.subscription) : null;
  if (!change || subscription === null || subscription.ended_at !== null)
    return show(here, "There is nothing to confirm.");
  const requests = change.items.map((item) => ({
    id: item.id ?? "",
    ...(item.price === null ? {} : { price: ctx.store.get("price", item.price) }),
    ...(item.quantity === undefined ? {} : { quantity: item.quantity }),
  }));
  changeItems(ctx, subscription, subscription, requests, billing(ctx, features));
  return done(here);
}

function billing(ctx: Ctx, features: PortalConfiguration["features"]): ChangeOptions {
  return {
    prorationBehavior: prorationOf(features),
    prorationDate: ctx.now,
    paymentBehavior: "allow_incomplete",
    restartsPeriod: false,
  };
}

function prorationOf(features: PortalConfiguration["features"]): "always_invoice" | "create_prorations" | "none" {
  const behavior = features.subscription_update.proration_behavior;
  if (behavior === "always_invoice") return "always_invoice";
  return behavior === "create_prorations" ? "create_prorations" : "none";
}

function changeCard(here: Visit): Answer {
  const { ctx, session, features, fields, response } = here;
  const card = findTestCard(fields.card ?? "");
  if (!features.payment_method_update.enabled || card === undefined)
    return show(here, "Please choose one of the test cards.");
  const method = newCard(ctx, card, { email: ctx.store.get("customer", session.customer).email });
  ctx.store.put(method, ctx.now);
  const intent = confirmSetup(ctx, createSetupIntent(ctx, { customer: session.customer }), method);
  if (intent.status === "requires_payment_method")
    return show(here, "Your card was declined. Please try a different card.", 402);
  if (intent.status === "requires_action") {
    ctx.store.put(intent, ctx.now, { returnTo: `/p/session/${session.id}` });
    return () => response.redirect(303, `/c/authenticate/${intent.client_secret ?? ""}`);
  }
  attachPaymentMethod(ctx, method.id, session.customer);
  useCard(ctx, session.customer, method.id);
  return done(here);
}
