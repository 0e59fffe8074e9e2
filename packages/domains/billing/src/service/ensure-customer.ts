import type Stripe from "stripe";
import type { OrganizationCtx } from "@turnpike/core";
import { askStripe, isMissing } from "@turnpike/products";
import { errors } from "../errors.ts";
import { followUps } from "../jobs.ts";
import { applyCustomer, readCustomer } from "../mirror/apply-customer.ts";
import { organizationKey } from "../mirror/link-customer.ts";
import { findCustomer, linkCustomer, markCustomerDeleted } from "../queries/customers.ts";
import { singleFlight } from "../single-flight.ts";

const reason = "link an organization to its customer";

const createOnce = singleFlight<Stripe.Customer>();

/**
 * The organization's customer at Stripe, made when it has none. Two at once make one: the idempotency key is of the
 * organization and of the customer that it had before, and the row decides. Errors: core.unavailable.
 */
export async function ensureCustomer(ctx: OrganizationCtx): Promise<string> {
  const { id: organizationId, name } = ctx.organization;
  const system = ctx.system(reason);
  const known = await system.tx((tx) => findCustomer(tx.db, organizationId));
  if (known && known.deletedAt === null) return known.stripeCustomerId;
  // Nothing that may differ between two callers goes in here, or Stripe would refuse the second use of the key.
  const idempotencyKey = `turnpike:customer:${organizationId}:${known?.stripeCustomerId ?? "first"}`;
  const created = await createOnce(idempotencyKey, () =>
    askStripe(ctx.stripe.customers.create({ metadata: { [organizationKey]: organizationId } }, { idempotencyKey })),
  );
  const linked = await system.tx(async (tx) => {
    await linkCustomer(tx.db, organizationId, created.id);
    return findCustomer(tx.db, organizationId);
  });
  // Its own event may have linked it before us, so what counts is that it is the organization's, not who said so.
  if (linked?.stripeCustomerId === created.id) await describe(ctx, created.id, name);
  return linked?.stripeCustomerId ?? created.id;
}

/** Names the customer as people at Stripe's dashboard know it; invoices go to this address. */
async function describe(ctx: OrganizationCtx, stripeCustomerId: string, name: string): Promise<void> {
  const email = ctx.actor.type === "user" || ctx.actor.type === "operator" ? ctx.actor.email : null;
  await askStripe(ctx.stripe.customers.update(stripeCustomerId, { name, ...(email !== null && { email }) }));
}

/**
 * Does something at Stripe with the organization's customer. One that was deleted there without our knowing is replaced
 * by a new one, once. Errors: what `use` throws, core.unavailable.
 */
export async function withCustomer<T>(ctx: OrganizationCtx, use: (customer: string) => Promise<T>): Promise<T> {
  const customer = await ensureCustomer(ctx);
  try {
    return await askStripe(use(customer));
  } catch (error) {
    if (!isMissing(error, "customer")) throw error;
    await retireCustomer(ctx, customer);
    return askStripe(use(await ensureCustomer(ctx)));
  }
}

/**
 * Notes that Stripe has a customer no more, as its event would, which finds nobody once another has taken its place.
 * One that Stripe never heard of ends nothing: our key is then of another account than the one it was made in.
 */
async function retireCustomer(ctx: OrganizationCtx, stripeCustomerId: string): Promise<void> {
  const read = await readCustomer(ctx, stripeCustomerId);
  await ctx.system(reason).tx(async (tx) => {
    if (read?.deleted) await applyCustomer(tx, read, { stripeEventId: null, followUps });
    else await markCustomerDeleted(tx.db, stripeCustomerId, tx.now());
  });
}

/** The organization's customer at Stripe. Errors: billing.no_customer. */
export async function requireCustomer(ctx: OrganizationCtx): Promise<string> {
  const known = await ctx.system(reason).tx((tx) => findCustomer(tx.db, ctx.organization.id));
  if (!known || known.deletedAt !== null) throw errors.no_customer({ organizationId: ctx.organization.id });
  return known.stripeCustomerId;
}
