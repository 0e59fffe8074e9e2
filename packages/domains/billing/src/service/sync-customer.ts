import type Stripe from "stripe";
import type { Ctx } from "@turnpike/core";
import { askStripe } from "@turnpike/products";
import { errors } from "../errors.ts";
import { applyInvoice } from "../mirror/apply-invoice.ts";
import type { ApplyOptions } from "../mirror/apply-subscription.ts";
import { applySubscription } from "../mirror/apply-subscription.ts";
import type { FollowUps } from "../mirror/link-customer.ts";
import { snapshotFromList, subscriptionListExpand } from "../mirror/read-subscription.ts";
import { findCustomer, organizationExists } from "../queries/customers.ts";
import { readDatabaseClock } from "../queries/subscriptions.ts";
import { dropAccess } from "./access-cache.ts";

/** What was read of a customer. */
export interface CustomerSync {
  subscriptions: number;
  invoices: number;
}

interface Paging {
  limit: number;
  starting_after?: string;
}

/**
 * Reads every subscription and invoice of an organization's customer and writes what differs. Running it twice changes
 * nothing. Errors: billing.organization_not_found, billing.no_customer, core.unavailable.
 */
export async function syncCustomer(
  ctx: Ctx,
  input: { organizationId: string },
  followUps: FollowUps,
): Promise<CustomerSync> {
  const options = { stripeEventId: null, followUps };
  const system = ctx.system("sync a customer");
  const customer = await system.tx(async (tx) => {
    if (!(await organizationExists(tx.db, input.organizationId))) throw errors.organization_not_found(input);
    return findCustomer(tx.db, input.organizationId);
  });
  if (!customer || customer.deletedAt !== null) throw errors.no_customer(input);
  const of = { customer: customer.stripeCustomerId };
  const report = {
    subscriptions: await syncSubscriptions(system, of.customer, options),
    invoices: await syncInvoices(system, of.customer, options),
  };
  await dropAccess(ctx, input.organizationId);
  ctx.log.info("billing.customer_synced", { organizationId: input.organizationId, ...report });
  return report;
}

async function syncSubscriptions(system: Ctx, customer: string, options: ApplyOptions): Promise<number> {
  const list = (page: Paging) =>
    system.stripe.subscriptions.list({ ...page, customer, status: "all", expand: subscriptionListExpand });
  let count = 0;
  for await (const { item, readAt } of everything<Stripe.Subscription>(system, list)) {
    const snapshot = await snapshotFromList(system, item, readAt);
    await system.tx((tx) => applySubscription(tx, snapshot, options));
    count += 1;
  }
  return count;
}

async function syncInvoices(system: Ctx, customer: string, options: ApplyOptions): Promise<number> {
  const list = (page: Paging) => system.stripe.invoices.list({ ...page, customer });
  let count = 0;
  for await (const { item: invoice, readAt } of everything<Stripe.Invoice>(system, list)) {
    await system.tx((tx) => applyInvoice(tx, { invoice, readAt }, options));
    count += 1;
  }
  return count;
}

async function* everything<T extends { id: string }>(
  system: Ctx,
  list: (page: Paging) => Promise<{ data: T[]; has_more: boolean }>,
): AsyncGenerator<{ item: T; readAt: Date }> {
  let after: string | undefined;
  do {
    const readAt = await system.tx((tx) => readDatabaseClock(tx.db));
    const page = await askStripe(list({ limit: 100, ...(after !== undefined && { starting_after: after }) }));
    for (const item of page.data) yield { item, readAt };
    after = page.has_more ? page.data.at(-1)?.id : undefined;
  } while (after !== undefined);
}
