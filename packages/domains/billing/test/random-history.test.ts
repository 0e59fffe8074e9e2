import Stripe from "stripe";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AppError } from "@turnpike/core";
import type { BillingBed } from "./billing-bed.ts";
import { customerOf, eventNames, good, makePlan, returns, startBillingBed } from "./billing-bed.ts";
import type { Scene } from "./random-history.ts";
import { actions, createDeliveries, pick, randomFrom } from "./random-history.ts";

const histories = Number(process.env["HISTORIES"] ?? 10);
const firstSeed = Number(process.env["SEED"] ?? 1);
const dying = "4000000000000341";

let bed: BillingBed;
let addOnPriceId: string;

beforeAll(async () => {
  bed = await startBillingBed();
  await makePlan(bed, "pro");
  await makePlan(bed, "trial", { trialDays: 10 });
  const addOn = await makePlan(bed, "add-on", { features: [{ key: "seats", limit: 20 }] });
  addOnPriceId = addOn.stripePriceId;
});
afterAll(() => bed.close());

async function openScene(seed: number): Promise<Scene> {
  const user = await bed.app.createUser();
  const random = randomFrom(seed);
  const lookupKey = pick({ random }, ["pro", "trial"]);
  const { url } = await bed.as(user).billing.checkout.start({ lookupKey, ...returns });
  await bed.pay(url, pick({ random }, [good, dying]));
  return { bed, user, customer: await customerOf(bed, user.organizationId), addOnPriceId, random };
}

/** Plays one action; that Stripe or we refuse it, such as a second cancellation, is part of the history. */
async function play(scene: Scene, name: string): Promise<string> {
  const [subscription] = (await bed.stripe.subscriptions.list({ customer: scene.customer, status: "all" })).data;
  if (!subscription) return `${name}: nothing there`;
  try {
    await actions[name]?.(scene, subscription);
    return name;
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    if (cause instanceof AppError && cause.kind !== "unavailable") return `${name}: ${cause.appCode}`;
    if (error instanceof Stripe.errors.StripeInvalidRequestError) return `${name}: refused`;
    throw error;
  }
}

/** What both sides must agree on. */
async function ourSide({ user }: Scene) {
  const { owner } = bed.app;
  const of = user.organizationId;
  const seconds = (date: Date | null) => date && Math.floor(date.getTime() / 1000);
  const rows = await owner.selectFrom("subscriptions").selectAll().where("organization_id", "=", of).execute();
  const items = await owner.selectFrom("subscription_items").selectAll().where("organization_id", "=", of).execute();
  const invoices = await owner.selectFrom("invoices").selectAll().where("organization_id", "=", of).execute();
  return {
    subscriptions: rows.map((row) => ({
      status: row.status,
      isEnding: row.cancel_at_period_end,
      times: [row.cancel_at, row.ended_at, row.trial_end, row.current_period_end].map(seconds),
      pause: row.pause_behavior,
    })),
    items: items.map((item) => `${item.stripe_item_id} ${item.stripe_price_id}`).toSorted(),
    invoices: invoices.map((invoice) => `${invoice.stripe_invoice_id} ${invoice.status}`).toSorted(),
  };
}

async function stripesSide({ customer }: Scene) {
  const { data } = await bed.stripe.subscriptions.list({ customer, status: "all" });
  const invoices = await bed.stripe.invoices.list({ customer, limit: 100 });
  return {
    subscriptions: data.map((found) => ({
      status: found.status,
      isEnding: found.cancel_at_period_end,
      times: [found.cancel_at, found.ended_at, found.trial_end, found.items.data[0]?.current_period_end ?? null],
      pause: found.pause_collection?.behavior ?? null,
    })),
    items: data.flatMap(({ items }) => items.data.map(({ id, price }) => `${id} ${price.id}`)).toSorted(),
    invoices: invoices.data.map(({ id, status }) => `${id} ${status}`).toSorted(),
  };
}

const seeds = Array.from({ length: histories }, (_, index) => firstSeed + index);
test.each(seeds)("history %i ends as Stripe has it, however its events came", async (seed) => {
  const scene = await openScene(seed);
  const deliveries = createDeliveries(scene);
  const story: string[] = [];
  const names = Object.keys(actions);
  for (let step = 0; step < 8; step += 1) {
    const action = names[Math.floor(scene.random() * names.length)] ?? "time goes on";
    const [told] = await Promise.all([play(scene, action), scene.random() < 0.4 ? deliveries.some() : undefined]);
    story.push(told);
  }
  await deliveries.all();
  await bed.app.jobsIdle();
  const stripe = await stripesSide(scene);
  const events = await eventNames(bed, scene.user.organizationId);
  const told = (name: string) => events.filter((event) => event === `billing.${name}`).length;
  // The story stands in both, so that a difference is printed with how it came about.
  expect({
    story,
    created: told("subscription_created"),
    paid: told("invoice_paid"),
    ...(await ourSide(scene)),
  }).toEqual({
    story,
    created: 1,
    paid: stripe.invoices.filter((text) => text.endsWith(" paid")).length,
    ...stripe,
  });
});
