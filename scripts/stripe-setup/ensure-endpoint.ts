import Stripe from "stripe";
import { endpointEvents } from "./endpoint-events.ts";

/** What came of it. `secret` only where an endpoint was made: Stripe shows it this once. `others`: endpoints at the same address. */
export interface EnsuredEndpoint {
  id: string;
  outcome: "created" | "updated" | "unchanged";
  secret: string | undefined;
  others: string[];
}

/**
 * Brings the webhook endpoint at an address to the API version that our Stripe library speaks and to our list of events.
 * The version of an endpoint cannot be changed, so one of another version stays and is named in `others`; `prune` deletes
 * those. Errors: what Stripe refuses.
 */
export async function ensureEndpoint(stripe: Stripe, url: string, prune: boolean): Promise<EnsuredEndpoint> {
  const all = await stripe.webhookEndpoints.list({ limit: 100 }).autoPagingToArray({ limit: 1000 });
  const here = all.filter((endpoint) => endpoint.url === url);
  const kept = here.find(({ api_version: version }) => version === Stripe.API_VERSION);
  const others = here.filter((endpoint) => endpoint !== kept).map(({ id }) => id);
  const ensured = kept ? await update(stripe, kept) : await create(stripe, url);
  if (!prune) return { ...ensured, others };
  for (const id of others) await stripe.webhookEndpoints.del(id);
  return { ...ensured, others: [] };
}

async function create(stripe: Stripe, url: string): Promise<Omit<EnsuredEndpoint, "others">> {
  const { id, secret } = await stripe.webhookEndpoints.create({
    url,
    enabled_events: [...endpointEvents],
    api_version: Stripe.API_VERSION,
    description: "Turnpike",
  });
  return { id, outcome: "created", secret };
}

async function update(stripe: Stripe, endpoint: Stripe.WebhookEndpoint): Promise<Omit<EnsuredEndpoint, "others">> {
  const { id, status, enabled_events: now } = endpoint;
  const isSame = now.length === endpointEvents.length && endpointEvents.every((name) => now.includes(name));
  if (isSame && status === "enabled") return { id, outcome: "unchanged", secret: undefined };
  await stripe.webhookEndpoints.update(id, { enabled_events: [...endpointEvents], disabled: false });
  return { id, outcome: "updated", secret: undefined };
}
