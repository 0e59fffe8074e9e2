import { createStripeClient } from "@turnpike/api";
import { runScript, UsageError } from "./stack/run-script.ts";
import { loadEnvFile } from "./stack/settings.ts";
import type { EnsuredEndpoint } from "./stripe-setup/ensure-endpoint.ts";
import { ensureEndpoint } from "./stripe-setup/ensure-endpoint.ts";
import type { EnsuredPortal } from "./stripe-setup/ensure-portal.ts";
import { ensurePortal } from "./stripe-setup/ensure-portal.ts";

const help = `pnpm stripe-setup [--url URL] [--prune]

Prepares a Stripe account: the webhook endpoint, with the API version and the events that this code reads, and the settings of
the billing portal. Running it again changes nothing; after an upgrade of the Stripe library it makes a second endpoint beside
the old one, so that nothing is lost in between.

  --url URL   the API's public address (default: API_URL)
  --prune     delete the endpoints at this address that an older version left

Reads STRIPE_SECRET_KEY, API_URL, FRONTEND_URL (where the portal leads back to) and STRIPE_API_BASE. A new endpoint's secret is
printed once: it goes into STRIPE_WEBHOOK_SECRET, after a comma while an older endpoint still delivers.
`;

await runScript({
  help,
  options: { url: { type: "string" }, prune: { type: "boolean", default: false } },
  async run({ values }) {
    loadEnvFile();
    const { STRIPE_SECRET_KEY, STRIPE_API_BASE, API_URL, FRONTEND_URL } = process.env;
    if (!STRIPE_SECRET_KEY) throw new UsageError("STRIPE_SECRET_KEY: missing.");
    const apiUrl = addressOf("API_URL or --url", values.url ?? API_URL);
    const returnUrl = addressOf("FRONTEND_URL", FRONTEND_URL);
    const stripe = createStripeClient({ STRIPE_SECRET_KEY, STRIPE_API_BASE: STRIPE_API_BASE || undefined });
    // By hand and not by URL, which would drop the path of an API that lives under one.
    const address = `${apiUrl.replace(/\/+$/, "")}/api/webhooks/stripe`;
    describeEndpoint(address, await ensureEndpoint(stripe, address, values.prune));
    describePortal(await ensurePortal(stripe, returnUrl));
  },
});

function addressOf(name: string, text: string | undefined): string {
  if (!text || !URL.canParse(text)) throw new UsageError(`${name}: missing, or not a URL.`);
  return text;
}

function describeEndpoint(address: string, { id, outcome, secret, others }: EnsuredEndpoint): void {
  process.stdout.write(`webhook endpoint ${id} at ${address}: ${outcome}\n`);
  if (secret) process.stdout.write(`STRIPE_WEBHOOK_SECRET=${secret}\n`);
  if (others.length > 0)
    process.stdout.write(
      `at the same address: ${others.join(", ")}; delete with --prune when the new secret is in use\n`,
    );
}

function describePortal(outcome: EnsuredPortal): void {
  if (outcome === "missing")
    throw new Error(
      "billing portal: the account has no default settings yet. Open Settings, Billing, Customer portal in Stripe's dashboard, save once, and run this again.",
    );
  process.stdout.write(`billing portal: ${outcome}\n`);
}
