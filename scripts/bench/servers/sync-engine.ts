// Supabase's stripe-sync-engine behind a bare Express route, as its manual shows it.
import { StripeSync } from "@supabase/stripe-sync-engine";
import express from "express";
import { variable } from "./read-env.ts";

const sync = new StripeSync({
  poolConfig: { connectionString: variable("SYNC_DATABASE_URL"), max: Number(variable("DATABASE_POOL_MAX")) },
  stripeSecretKey: variable("STRIPE_SECRET_KEY"),
  stripeWebhookSecret: variable("STRIPE_WEBHOOK_SECRET"),
  autoExpandLists: false,
  backfillRelatedEntities: false,
});

const app = express();
app.get("/readyz", async (_req, res) => {
  await sync.postgresClient.query("select 1");
  res.json({ status: "ready" });
});
app.post("/webhook", express.raw({ type: "application/json", limit: "1mb" }), async (req, res) => {
  const body: unknown = req.body;
  if (!Buffer.isBuffer(body)) return void res.status(400).end();
  await sync.processWebhook(body, req.get("stripe-signature"));
  res.json({ received: true });
});
app.listen(Number(variable("PORT")), "127.0.0.1");
