import Stripe from "stripe";
import { createCallerFactory } from "@turnpike/core";
import type { Actor, Ctx } from "@turnpike/core";
import type { LocalStripe } from "@turnpike/local-stripe";
import { startStripe } from "@turnpike/local-stripe";
import type { TestApp } from "@turnpike/testing";
import { createTestApp } from "@turnpike/testing";
import products from "../src/index.ts";

const createCaller = createCallerFactory(products.router);

/** The catalogue in front of a local Stripe. */
export interface CatalogueBed {
  app: TestApp;
  local: LocalStripe;
  /** A client of Stripe's of our own: what somebody does at Stripe's dashboard. */
  stripe: Stripe;
  as(actor: Actor): ReturnType<typeof createCaller>;
  with(ctx: Ctx): ReturnType<typeof createCaller>;
  close(): Promise<void>;
}

export async function startCatalogueBed(): Promise<CatalogueBed> {
  const local = await startStripe();
  const { hostname, port } = new URL(local.url);
  const stripe = new Stripe(local.secretKey, { host: hostname, port, protocol: "http", maxNetworkRetries: 0 });
  const app = await createTestApp({ modules: [products], stripe });
  return {
    app,
    local,
    stripe,
    as: (actor) => createCaller(app.ctxOf(actor)),
    with: (ctx) => createCaller(ctx),
    async close() {
      await app.close();
      await local.stop();
    },
  };
}
