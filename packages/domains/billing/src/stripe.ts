import type Stripe from "stripe";
import type { StripeMirror } from "@turnpike/core";
import { stripeMirror } from "@turnpike/core";
import { findAtStripe } from "@turnpike/products";
import { followUps } from "./jobs.ts";
import { applyCustomer, readCustomer } from "./mirror/apply-customer.ts";
import type { InvoiceSnapshot } from "./mirror/apply-invoice.ts";
import { applyInvoice, readInvoice } from "./mirror/apply-invoice.ts";
import { applySession } from "./mirror/apply-session.ts";
import { applyMissingSubscription, applySubscription } from "./mirror/apply-subscription.ts";
import { endInPayload, refsOf } from "./mirror/event-refs.ts";
import type { SubscriptionSnapshot } from "./mirror/read-subscription.ts";
import { readSubscription } from "./mirror/read-subscription.ts";
import { markInvoiceDeleted } from "./queries/invoices.ts";

const optionsOf = (event: Stripe.Event) => ({ stripeEventId: event.id, followUps });

/** What Stripe says of customers, subscriptions, invoices and checkout sessions. The customer goes first: it may link. */
export const stripeMirrors: readonly StripeMirror[] = [
  stripeMirror<Stripe.Customer | Stripe.DeletedCustomer>({
    object: "customer",
    refs: (event) => refsOf(event, "customer"),
    read: (ctx, id) => readCustomer(ctx, id),
    apply: async (tx, _id, customer, event) => {
      if (customer) await applyCustomer(tx, customer, optionsOf(event));
    },
  }),
  stripeMirror<Stripe.Checkout.Session>({
    object: "checkout.session",
    refs: (event) => refsOf(event, "checkout.session"),
    read: (ctx, id) => findAtStripe<Stripe.Checkout.Session>(ctx.stripe.checkout.sessions.retrieve(id)),
    apply: async (tx, _id, session) => {
      if (session) await applySession(tx, session, followUps);
    },
  }),
  stripeMirror<SubscriptionSnapshot>({
    object: "subscription",
    refs: (event) => refsOf(event, "subscription"),
    read: (ctx, id, _event, asOf) => readSubscription(ctx, id, { asOf }),
    apply: async (tx, id, snapshot, event) => {
      if (snapshot) return void (await applySubscription(tx, snapshot, optionsOf(event)));
      const end = endInPayload(event);
      if (end) return applyMissingSubscription(tx, id, end, event.id);
      tx.log.warn("billing.subscription_unknown_at_stripe", { stripeSubscriptionId: id, stripeEventId: event.id });
    },
  }),
  stripeMirror<InvoiceSnapshot>({
    object: "invoice",
    refs: (event) => refsOf(event, "invoice"),
    read: (ctx, id, _event, asOf) => readInvoice(ctx, id, asOf),
    apply: async (tx, id, snapshot, event) => {
      if (!snapshot) return markInvoiceDeleted(tx.db, id);
      await applyInvoice(tx, snapshot, optionsOf(event));
    },
  }),
];
