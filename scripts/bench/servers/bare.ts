// What a careful developer writes without a platform: tRPC on Express, the same answers from the same tables, and a webhook
// route that only checks the signature. No sign-in, no limits, no row level security, no log.
import { initTRPC } from "@trpc/server";
import { createExpressMiddleware } from "@trpc/server/adapters/express";
import express from "express";
import { Pool, types } from "pg";
import Stripe from "stripe";
import superjson from "superjson";
import { readAsMember, readAsOwner } from "./naked-transaction.ts";
import { variable } from "./read-env.ts";
import type { Feature, Price, Product } from "./shapes.ts";
import { Organization, OrganizationInput, PageInput, ProductPage } from "./shapes.ts";
import { selectFeatures, selectPrices, selectProducts } from "./sql.ts";

const max = Number(variable("DATABASE_POOL_MAX"));
const pool = new Pool({ connectionString: variable("OWNER_URL"), max });
const apiPool = new Pool({ connectionString: variable("DATABASE_URL"), max });
const secret = variable("STRIPE_WEBHOOK_SECRET");
// bigint: amounts and limits are far below 2^53.
types.setTypeParser(types.builtins.INT8, Number);

async function listProducts(limit: number) {
  const { rows } = await pool.query<Omit<Product, "prices" | "features">>(selectProducts, [limit + 1]);
  const ids = rows.map(({ id }) => id);
  const prices = await pool.query<Price>(selectPrices, [ids]);
  const features = await pool.query<Feature & { productId: string }>(selectFeatures, [ids]);
  const items = rows.slice(0, limit).map((row) => ({
    ...row,
    prices: prices.rows.filter(({ productId }) => productId === row.id),
    features: features.rows.filter(({ productId }) => productId === row.id),
  }));
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

const t = initTRPC.create({ transformer: superjson });

const appRouter = t.router({
  products: t.router({
    list: t.procedure
      .input(PageInput.prefault({}))
      .output(ProductPage)
      .query(({ input }) => listProducts(input.limit)),
  }),
  organizations: t.router({
    get: t.procedure
      .input(OrganizationInput)
      .output(Organization)
      .query(({ input }) => readAsOwner(pool, input.userId, input.organizationId)),
    getInTransaction: t.procedure
      .input(OrganizationInput)
      .output(Organization)
      .query(({ input }) => readAsMember(apiPool, input.userId, input.organizationId)),
  }),
});

const app = express();
app.get("/readyz", async (_req, res) => {
  await pool.query("select 1");
  res.json({ status: "ready" });
});
app.post("/webhook", express.raw({ type: "application/json", limit: "1mb" }), (req, res) => {
  const body: unknown = req.body;
  if (!Buffer.isBuffer(body)) return void res.status(400).end();
  Stripe.webhooks.constructEvent(body, req.get("stripe-signature") ?? "", secret);
  res.json({ received: true });
});
app.use("/trpc", createExpressMiddleware({ router: appRouter }));
app.listen(Number(variable("PORT")), "127.0.0.1");
