import type Stripe from "stripe";
import type { OrganizationCtx } from "@turnpike/core";
import { askStripe, isMissing } from "@turnpike/products";
import { errors } from "../errors.ts";
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
  const { isNew, customer } = await system.tx(async (tx) => {
    const isNew = await linkCustomer(tx.db, organizationId, created.id);
    return { isNew, customer: await findCustomer(tx.db, organizationId) };
  });
  if (isNew) await describe(ctx, created.id, name);
  return customer?.stripeCustomerId ?? created.id;
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
    await ctx.system(reason).tx((tx) => markCustomerDeleted(tx.db, customer, tx.now()));
    return askStripe(use(await ensureCustomer(ctx)));
  }
}

/** The organization's customer at Stripe. Errors: billing.no_customer. */
export async function requireCustomer(ctx: OrganizationCtx): Promise<string> {
  const known = await ctx.system(reason).tx((tx) => findCustomer(tx.db, ctx.organization.id));
  if (!known || known.deletedAt !== null) throw errors.no_customer({ organizationId: ctx.organization.id });
  return known.stripeCustomerId;
}
