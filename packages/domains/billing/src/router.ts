import { z } from "zod";
import { operatorProcedure, organizationProcedure, Page, router } from "@turnpike/core";
import {
  CreateGrant,
  CustomerSyncReport,
  Grant,
  GrantId,
  Invoice,
  ListGrants,
  OrganizationId,
} from "./invoice-and-grant-models.ts";
import {
  Access,
  AccessExplanation,
  CancelSubscription,
  CheckoutStatus,
  FeatureInput,
  ListInput,
  OpenedPortal,
  OpenPortal,
  SessionId,
  StartCheckout,
  StartedCheckout,
  Subscription,
  SubscriptionId,
} from "./models.ts";
import { checkAccess, explainAccess, listAccess } from "./service/access.ts";
import { cancelSubscription, resumeSubscription } from "./service/change-subscription.ts";
import { getCheckoutStatus } from "./service/get-checkout-status.ts";
import { createGrant, listGrants, revokeGrant } from "./service/grants.ts";
import { listInvoices } from "./service/list-invoices.ts";
import { openPortal } from "./service/open-portal.ts";
import { startCheckout } from "./service/start-checkout.ts";
import { getSubscription, listSubscriptions } from "./service/subscriptions.ts";
import { syncKnownCustomer } from "./service/sync-known-customer.ts";

/** Procedures of `billing`. */
export const billingRouter = router({
  checkout: router({
    /** Starts the payment of a plan and says where to send the payer. Errors: billing.already_subscribed. */
    start: organizationProcedure
      .input(StartCheckout)
      .output(StartedCheckout)
      .mutation(({ ctx, input }) => startCheckout(ctx, input)),

    /** What became of a checkout, read from Stripe; mirrors its subscription even if no webhook comes. */
    status: organizationProcedure
      .input(SessionId)
      .output(CheckoutStatus)
      .query(({ ctx, input }) => getCheckoutStatus(ctx, input)),
  }),

  portal: router({
    /** Opens Stripe's billing portal: cards, invoices, cancellation. Errors: billing.no_customer. */
    open: organizationProcedure
      .input(OpenPortal)
      .output(OpenedPortal)
      .mutation(({ ctx, input }) => openPortal(ctx, input)),
  }),

  subscriptions: router({
    /** The organization's subscriptions, newest first. */
    list: organizationProcedure
      .input(ListInput)
      .output(Page(Subscription))
      .query(({ ctx, input }) => listSubscriptions(ctx, input)),

    /** One subscription. Errors: billing.not_found. */
    get: organizationProcedure
      .input(SubscriptionId)
      .output(Subscription)
      .query(({ ctx, input }) => getSubscription(ctx, input)),

    /** Owners and admins: cancels at the end of the period, or now. Errors: billing.already_canceled. */
    cancel: organizationProcedure
      .input(CancelSubscription)
      .output(Subscription)
      .mutation(({ ctx, input }) => cancelSubscription(ctx, input)),

    /** Owners and admins: takes back a scheduled end. Errors: billing.not_canceling, billing.already_canceled. */
    resume: organizationProcedure
      .input(SubscriptionId)
      .output(Subscription)
      .mutation(({ ctx, input }) => resumeSubscription(ctx, input)),
  }),

  invoices: router({
    /** The organization's invoices, newest first. */
    list: organizationProcedure
      .input(ListInput)
      .output(Page(Invoice))
      .query(({ ctx, input }) => listInvoices(ctx, input)),
  }),

  access: router({
    /** Whether the organization may use a feature now, why, and until when. */
    check: organizationProcedure
      .input(FeatureInput)
      .output(Access)
      .query(({ ctx, input }) => checkAccess(ctx, { ...input, organizationId: ctx.organization.id })),

    /** The same for every feature there is. */
    list: organizationProcedure.output(z.object({ items: z.array(Access) })).query(({ ctx }) => listAccess(ctx)),

    /** The decision with its rule, the rows and Stripe events behind it, and what would change it. */
    explain: organizationProcedure
      .input(FeatureInput)
      .output(AccessExplanation)
      .query(({ ctx, input }) => explainAccess(ctx, input)),
  }),

  grants: router({
    /** Operators: grants a feature to an organization by hand. */
    create: operatorProcedure
      .input(CreateGrant)
      .output(Grant)
      .mutation(({ ctx, input }) => createGrant(ctx, input)),

    /** Operators: grants, newest first, of one organization or of all. */
    list: operatorProcedure
      .input(ListGrants)
      .output(Page(Grant))
      .query(({ ctx, input }) => listGrants(ctx, input)),

    /** Operators: revokes a grant, from now on. Errors: billing.already_revoked. */
    revoke: operatorProcedure
      .input(GrantId)
      .output(Grant)
      .mutation(({ ctx, input }) => revokeGrant(ctx, input)),
  }),

  customers: router({
    /** Operators: reads everything of an organization's customer back from Stripe. Errors: billing.no_customer. */
    sync: operatorProcedure
      .input(OrganizationId)
      .output(CustomerSyncReport)
      .mutation(({ ctx, input }) => syncKnownCustomer(ctx, input)),
  }),
});
