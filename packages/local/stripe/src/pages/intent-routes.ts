import express, { type Response, Router } from "express";
import type { Ctx } from "../context.ts";
import { findTestCard } from "../engine/cards.ts";
import { answerIntent, confirmIntent } from "../engine/confirm-intent.ts";
import { openPayment } from "../engine/invoice-payments.ts";
import { formatAmount } from "../engine/money.ts";
import { attachPaymentMethod, newCard } from "../engine/payment-methods.ts";
import { useCard } from "../engine/portal-actions.ts";
import { confirmSetup, failSetup } from "../engine/setup-intents.ts";
import type { Invoice } from "../model/billing.ts";
import type { PaymentIntent, SetupIntent } from "../model/payments.ts";
import type { World } from "../world.ts";
import { invoicePage } from "./invoice-page.ts";
import { sendNotice, sendPage } from "./layout.ts";
import { pageWork, type Answer } from "./page-work.ts";
import { authenticationPage } from "./pay-page.ts";
import { readFields } from "./read-fields.ts";

/** The bank's page of an intent (`/c/authenticate/:secret`) and the invoice page (`/i/:invoice`). */
export function intentPages(world: World): Router {
  const router = Router();
  const work = (response: Response, run: (ctx: Ctx) => Answer): Promise<void> =>
    pageWork(world, run, (_ctx, message) => () => sendNotice(response, 400, "This did not work", message));
  router.use(["/c/authenticate", "/i"], express.urlencoded({ extended: false, limit: "10kb" }));
  router.get("/c/authenticate/:secret", (request, response) =>
    work(response, (ctx) => ask(ctx, request.params.secret, response)),
  );
  router.post("/c/authenticate/:secret", (request, response) =>
    work(response, (ctx) =>
      answered(ctx, request.params.secret, readFields(request.body).outcome === "complete", response),
    ),
  );
  router.get("/i/:id", (request, response) =>
    work(response, (ctx) => showInvoice(ctx, request.params.id, response, null)),
  );
  router.post("/i/:id/pay", (request, response) =>
    work(response, (ctx) => payInvoice(ctx, request.params.id, readFields(request.body).card ?? "", response)),
  );
  return router;
}

function findIntent(ctx: Ctx, secret: string): PaymentIntent | SetupIntent | null {
  const id = secret.split("_secret_")[0] ?? "";
  const intent = ctx.store.find("payment_intent", id) ?? ctx.store.find("setup_intent", id);
  return intent !== null && intent.client_secret === secret ? intent : null;
}

function ask(ctx: Ctx, secret: string, response: Response): Answer {
  const intent = findIntent(ctx, secret);
  if (intent === null || intent.status !== "requires_action") {
    return () => sendNotice(response, 404, "Nothing to confirm", "There is no payment that waits here.");
  }
  const what = intent.object === "payment_intent" ? formatAmount(intent.amount, intent.currency) : "your card";
  return () => sendPage(response, 200, "3-D Secure", authenticationPage(`/c/authenticate/${secret}`, what));
}

function answered(ctx: Ctx, secret: string, passed: boolean, response: Response): Answer {
  const intent = findIntent(ctx, secret);
  if (intent === null)
    return () => sendNotice(response, 404, "Nothing to confirm", "There is no payment that waits here.");
  const returnTo = ctx.store.hidden<{ returnTo: string }>(intent.id)?.returnTo ?? null;
  if (intent.object === "payment_intent") answerIntent(ctx, intent, passed);
  else answerSetup(ctx, intent, passed);
  if (returnTo !== null) return () => response.redirect(303, returnTo);
  const text = passed ? "Confirmed. You can close this page." : "The confirmation failed. Please use another card.";
  return () => sendNotice(response, 200, passed ? "Thank you" : "Not confirmed", text);
}

function answerSetup(ctx: Ctx, intent: SetupIntent, passed: boolean): void {
  if (intent.status !== "requires_action" || intent.payment_method === null) return;
  if (!passed) {
    failSetup(ctx, intent);
    return;
  }
  const method = ctx.store.get("payment_method", intent.payment_method);
  confirmSetup(ctx, intent, method, true);
  if (intent.customer === null) return;
  attachPaymentMethod(ctx, method.id, intent.customer);
  useCard(ctx, intent.customer, method.id);
}

function showInvoice(ctx: Ctx, id: string, response: Response, problem: string | null): Answer {
  const invoice = ctx.store.find("invoice", id);
  if (invoice === null || invoice.status === "draft") {
    return () => sendNotice(response, 404, "No such invoice", "This link does not lead to an invoice.");
  }
  const page = invoicePage(invoice, problem);
  return () => sendPage(response, problem === null ? 200 : 402, `Invoice ${invoice.number ?? ""}`, page);
}

function payInvoice(ctx: Ctx, id: string, cardNumber: string, response: Response): Answer {
  const invoice = ctx.store.find("invoice", id);
  const card = findTestCard(cardNumber);
  if (invoice === null || invoice.status !== "open") return showInvoice(ctx, id, response, null);
  if (card === undefined) return showInvoice(ctx, id, response, "Please choose one of the test cards.");
  const method = newCard(ctx, card, { email: invoice.customer_email });
  ctx.store.put(method, ctx.now);
  const intent = confirmIntent(ctx, intentOf(ctx, invoice), method, { occasion: "page" });
  if (intent.status === "requires_action") {
    ctx.store.put(intent, ctx.now, { returnTo: `/i/${id}` });
    return () => response.redirect(303, `/c/authenticate/${intent.client_secret ?? ""}`);
  }
  if (intent.status === "succeeded") return () => response.redirect(303, `/i/${id}`);
  return showInvoice(ctx, id, response, "Your card was declined. Please try a different card.");
}

function intentOf(ctx: Ctx, invoice: Invoice): PaymentIntent {
  const [payment] = ctx.store.all("invoice_payment", { invoice: invoice.id, status: "open" });
  return ctx.store.get("payment_intent", (payment ?? openPayment(ctx, invoice)).payment.payment_intent);
}
