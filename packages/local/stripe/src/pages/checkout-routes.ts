import express, { type Request, type Response, Router } from "express";
import type { Ctx } from "../context.ts";
import { findTestCard } from "../engine/cards.ts";
import { answerAuthentication, needsCard, paySession, type PayOutcome } from "../engine/checkout.ts";
import { couponFor, findPromotionCode } from "../engine/promotion.ts";
import { extrasOf } from "../engine/session-extras.ts";
import { totalsOf, withTotals } from "../engine/session-totals.ts";
import type { CheckoutSession } from "../model/objects.ts";
import { act, noRequest, type World } from "../world.ts";
import { sendNotice, sendPage } from "./layout.ts";
import { pageWork, type Answer } from "./page-work.ts";
import { amountText, authenticationPage, payPage } from "./pay-page.ts";
import { readFields } from "./read-fields.ts";

/** The hosted checkout: `/c/pay/:session`, its forms, and the 3-D Secure page. */
export function checkoutPages(world: World): Router {
  const router = Router();
  router.use("/c/pay", express.urlencoded({ extended: false, limit: "10kb" }));
  router.get("/c/pay/:id", (request, response) =>
    withSession(world, request, response, (_ctx, session) => () => showSession(world, response, session, null)),
  );
  router.post("/c/pay/:id/pay", (request, response) =>
    withSession(world, request, response, (ctx, session) => pay(world, ctx, session, request, response)),
  );
  router.post("/c/pay/:id/promotion", (request, response) =>
    withSession(world, request, response, (ctx, session) => applyCode(world, ctx, session, request, response)),
  );
  router.get("/c/pay/:id/authenticate", (request, response) =>
    withSession(world, request, response, (_ctx, session) => () => {
      if (session.status !== "open") showSession(world, response, session, null);
      else
        sendPage(
          response,
          200,
          "3-D Secure",
          authenticationPage(`/c/pay/${session.id}/authenticate`, amountText(session)),
        );
    }),
  );
  router.post("/c/pay/:id/authenticate", (request, response) =>
    withSession(world, request, response, (ctx, session) => {
      const outcome = answerAuthentication(ctx, session, readFields(request.body).outcome === "complete");
      return () => showOutcome(world, response, session, outcome);
    }),
  );
  return router;
}

/** Runs `work` on the session that the path names; a refusal is shown on its page. */
function withSession(
  world: World,
  request: Request,
  response: Response,
  work: (ctx: Ctx, session: CheckoutSession) => Answer,
): Promise<void> {
  const enter = (ctx: Ctx, then: (session: CheckoutSession) => Answer): Answer => {
    const session = ctx.store.find("checkout.session", String(request.params.id));
    if (session !== null) return then(session);
    return () => sendNotice(response, 404, "No such checkout", "This link does not lead to a checkout.");
  };
  return pageWork(
    world,
    (ctx) => enter(ctx, (session) => work(ctx, session)),
    (ctx, message) => enter(ctx, (session) => () => showSession(world, response, session, message)),
  );
}

function pay(world: World, ctx: Ctx, session: CheckoutSession, request: Request, response: Response): Answer {
  const fields = readFields(request.body);
  const stored = session.customer === null ? null : ctx.store.find("customer", session.customer)?.email;
  const email = stored ?? session.customer_email ?? fields.email ?? "";
  if (!/^[^\s@]+@[^\s@]+$/.test(email))
    return () => showSession(world, response, session, "Please enter your e-mail address.");
  const card = needsCard(session) ? findTestCard(fields.card ?? "") : null;
  if (card === undefined) return () => showSession(world, response, session, "Please choose one of the test cards.");
  const outcome = paySession(ctx, session, { card, email });
  return () => showOutcome(world, response, session, outcome);
}

function applyCode(world: World, ctx: Ctx, session: CheckoutSession, request: Request, response: Response): Answer {
  const typed = readFields(request.body).code ?? "";
  if (session.status !== "open" || session.allow_promotion_codes !== true)
    return () => showSession(world, response, session, null);
  const code = typed.trim() === "" ? null : findPromotionCode(ctx, typed);
  if (typed.trim() !== "" && code === null)
    return () => showSession(world, response, session, "This promotion code is not valid.");
  if (code !== null) couponFor(ctx, { promotion_code: code.id }, session.customer);
  const extras = extrasOf(ctx, session);
  const discounted: CheckoutSession = {
    ...session,
    discounts: code === null ? [] : [{ coupon: null, promotion_code: code.id }],
  };
  ctx.store.put(withTotals(discounted, totalsOf(ctx, discounted, extras)), ctx.now);
  return () => response.redirect(303, `/c/pay/${session.id}`);
}

async function showOutcome(
  world: World,
  response: Response,
  session: CheckoutSession,
  outcome: PayOutcome,
): Promise<void> {
  if (outcome.kind === "declined") return showSession(world, response, session, outcome.message);
  if (outcome.kind === "needs_action") return response.redirect(303, `/c/pay/${session.id}/authenticate`);
  if (world.redirectDelayMs > 0) await new Promise((resolve) => setTimeout(resolve, world.redirectDelayMs));
  response.redirect(303, successUrlOf(outcome.session));
}

function showSession(world: World, response: Response, session: CheckoutSession, problem: string | null): void {
  if (session.status === "complete") {
    sendNotice(
      response,
      200,
      "All done",
      "This checkout is complete. You will not be charged again.",
      successUrlOf(session),
    );
    return;
  }
  if (session.status === "expired") {
    sendNotice(response, 410, "This checkout has expired", "Go back and start again.", session.cancel_url);
    return;
  }
  act(world, noRequest, (ctx) =>
    sendPage(response, problem === null ? 200 : 402, "Checkout", payPage(ctx, session, problem)),
  );
}

function successUrlOf(session: CheckoutSession): string {
  return (session.success_url ?? "").replaceAll("{CHECKOUT_SESSION_ID}", session.id);
}
