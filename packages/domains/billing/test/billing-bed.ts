import Stripe from "stripe";
import { createCallerFactory, router } from "@turnpike/core";
import type { Actor, Ctx, Module, RequestInfo } from "@turnpike/core";
import type { LocalStripe } from "@turnpike/local-stripe";
import { startStripe } from "@turnpike/local-stripe";
import { findOrganization } from "@turnpike/organizations";
import products from "@turnpike/products";
import type { TestApp, TestUser } from "@turnpike/testing";
import { createTestApp } from "@turnpike/testing";
import billing from "../src/index.ts";

const createCaller = createCallerFactory(router({ billing: billing.router, products: products.router }));
type Caller = ReturnType<typeof createCaller>;

export const good = "4242424242424242";
export const declined = "4000000000000002";
export const returns = {
  successUrl: "http://app.test/done?s={CHECKOUT_SESSION_ID}",
  cancelUrl: "http://app.test/plans",
};

/** Billing in front of a local Stripe whose clock it follows; jobs and listeners run. */
export interface BillingBed {
  app: TestApp;
  local: LocalStripe;
  /** A client of Stripe's of our own: what somebody does at Stripe's dashboard. */
  stripe: Stripe;
  operator: TestUser;
  as(user: TestUser | Actor, request?: Partial<RequestInfo>): Caller;
  ctxOf(user: TestUser): Ctx;
  /** Pays a checkout on its page, as a person would. Returns the page's answer. */
  pay(url: string, card?: string): Promise<Response>;
  /** Starts a checkout, pays it and has it mirrored by `checkout.status`. Returns our subscription's id. */
  subscribe(user: TestUser, lookupKey: string, card?: string): Promise<string>;
  /** Lets Stripe's time, and with it ours, go on. */
  advance(days: number): Promise<void>;
  close(): Promise<void>;
}

export async function startBillingBed(options: { modules?: Module[] } = {}): Promise<BillingBed> {
  const local = await startStripe();
  const { hostname, port } = new URL(local.url);
  const stripe = new Stripe(local.secretKey, { host: hostname, port, protocol: "http", maxNetworkRetries: 2 });
  const app = await createTestApp({
    modules: [products, billing, ...(options.modules ?? [])],
    stripe,
    findOrganization,
    runWorkers: true,
  });
  app.clock.follow(() => local.now());
  await billing.start(app.ctxOf({ type: "system", job: "test" }));
  const operator = await app.createUser({ isOperator: true });
  const as: BillingBed["as"] = (user, request) => createCaller(app.ctxOf("actor" in user ? user.actor : user, request));
  const pay: BillingBed["pay"] = (url, card = good) =>
    fetch(`${url}/pay`, {
      method: "POST",
      body: new URLSearchParams({ card, email: "payer@example.test" }),
      redirect: "manual",
    });
  return {
    app,
    local,
    stripe,
    operator,
    as,
    pay,
    ctxOf: (user) => app.ctxOf(user.actor),
    async subscribe(user, lookupKey, card) {
      const { url, sessionId } = await as(user).billing.checkout.start({ lookupKey, ...returns });
      await pay(url, card);
      const { subscriptionId } = await as(user).billing.checkout.status({ sessionId });
      if (subscriptionId === null) throw new Error("the checkout made no subscription");
      return subscriptionId;
    },
    advance: (days) => local.advance(new Date(local.now().getTime() + days * 86_400_000)),
    async close() {
      await billing.stop();
      await app.close();
      await local.stop();
    },
  };
}

/** A plan that grants `exports` and some seats; its price has the lookup key. */
export async function makePlan(
  bed: BillingBed,
  lookupKey: string,
  options: { features?: { key: string; limit?: number }[]; trialDays?: number; unitAmountMinor?: number } = {},
): Promise<{ productId: string; priceId: string; stripePriceId: string }> {
  const operator = bed.as(bed.operator);
  const product = await operator.products.create({
    name: `Plan ${lookupKey}`,
    features: options.features ?? [{ key: "exports" }, { key: "seats", limit: 5 }],
  });
  const price = await operator.products.prices.create({
    productId: product.id,
    currency: "usd",
    unitAmountMinor: options.unitAmountMinor ?? 2900,
    interval: "month",
    lookupKey,
    ...(options.trialDays !== undefined && { trialDays: options.trialDays }),
  });
  return { productId: product.id, priceId: price.id, stripePriceId: price.stripePriceId };
}

/** A further member of a user's organization. */
export async function addMember(bed: BillingBed, of: TestUser, role: string): Promise<TestUser> {
  const member = await bed.app.createUser();
  await bed.app.owner
    .insertInto("organization_members")
    .values({ organization_id: of.organizationId, user_id: member.userId, role })
    .execute();
  return member;
}

/** What a refusal looks like to a caller. */
export const refused = (appCode: string) => ({ cause: { appCode } });

/** Names of the domain events of an organization, in their order. */
export async function eventNames(bed: BillingBed, organizationId: string): Promise<string[]> {
  const rows = await bed.app.owner
    .selectFrom("private.events")
    .select("name")
    .where("organization_id", "=", organizationId)
    .orderBy("sequence")
    .execute();
  return rows.map(({ name }) => name);
}

/** Stripe's id of an organization's customer. */
export async function customerOf(bed: BillingBed, organizationId: string): Promise<string> {
  const row = await bed.app.owner
    .selectFrom("customers")
    .select("stripe_customer_id")
    .where("organization_id", "=", organizationId)
    .executeTakeFirstOrThrow();
  return row.stripe_customer_id;
}
