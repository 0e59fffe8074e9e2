import type { Ctx } from "@turnpike/core";
import type { AccessFacts } from "../access-facts.ts";
import type { AccessDecision } from "../access-rule.ts";
import { decideAccess } from "../access-rule.ts";
import { cachedAccessFacts, dropAccess, readAccessFacts } from "./access-cache.ts";
import { confirmSubscriptions } from "./confirm-subscriptions.ts";

/** Decisions with the facts they were made from. */
export interface Decided {
  facts: AccessFacts;
  decisions: AccessDecision[];
}

/**
 * Decides features of an organization now; without a list, all there are. A subscription whose rows should have changed
 * by now is read back from Stripe first; when Stripe cannot be asked, the last answer holds for a while, as `stale`.
 * `fresh` reads past the cache.
 */
export async function decideFeatures(
  ctx: Ctx,
  organizationId: string,
  options: { features?: string[]; fresh?: boolean },
): Promise<Decided> {
  const facts = await (options.fresh ? readAccessFacts : cachedAccessFacts)(ctx, organizationId);
  const first = decide(ctx, facts, options.features, new Set());
  const overdue = overdueSubscriptions(first);
  if (overdue.length === 0) return first;
  const confirmed = await confirmSubscriptions(ctx, overdue);
  if (confirmed.size === 0) return first;
  await dropAccess(ctx, organizationId);
  return decide(ctx, await readAccessFacts(ctx, organizationId), options.features, confirmed);
}

function decide(ctx: Ctx, facts: AccessFacts, features: string[] | undefined, confirmed: Set<string>): Decided {
  const moment = { now: ctx.now(), paymentGraceDays: ctx.config.paymentGraceDays, confirmed };
  return { facts, decisions: (features ?? facts.features).map((feature) => decideAccess(facts, feature, moment)) };
}

function overdueSubscriptions({ facts, decisions }: Decided): string[] {
  const ids = new Set(
    decisions.flatMap(({ considered }) => considered.filter(({ mustRead }) => mustRead).map(({ id }) => id)),
  );
  return facts.subscriptions.filter(({ id }) => ids.has(id)).map(({ stripeSubscriptionId }) => stripeSubscriptionId);
}
