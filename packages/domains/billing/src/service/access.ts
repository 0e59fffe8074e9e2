import type { Ctx, OrganizationCtx } from "@turnpike/core";
import { accessRules } from "../access-reasons.ts";
import type { AccessDecision, Consideration } from "../access-rule.ts";
import type { Access, AccessExplanation, FeatureInput } from "../models.ts";
import { listStripeEventIds } from "../queries/access.ts";
import type { Decided } from "./decide-access.ts";
import { decideFeatures } from "./decide-access.ts";

/**
 * Whether an organization may use a feature now. `fresh` reads past the cache, for answers that others will rely on
 * for a while. Never throws for a lack of access: the answer says so, with its reason.
 */
export async function checkAccess(
  ctx: Ctx,
  input: FeatureInput & { organizationId: string; fresh?: boolean },
): Promise<Access> {
  const { decisions } = await decideFeatures(ctx, input.organizationId, {
    features: [input.feature],
    fresh: input.fresh ?? false,
  });
  return toAccess(only(decisions));
}

/** The same for every feature there is. */
export async function listAccess(ctx: OrganizationCtx): Promise<{ items: Access[] }> {
  const { decisions } = await decideFeatures(ctx, ctx.organization.id, {});
  return { items: decisions.map(toAccess) };
}

/** A decision with its rule, the rows it was made from, the Stripe events behind them, and what would change it. */
export async function explainAccess(ctx: OrganizationCtx, input: FeatureInput): Promise<AccessExplanation> {
  const decided = await decideFeatures(ctx, ctx.organization.id, { features: [input.feature], fresh: true });
  const decision = only(decided.decisions);
  const { rule, text, wouldChange } = accessRules[decision.reason];
  const ids = decided.facts.subscriptions.map(({ id }) => id);
  const considered = decision.considered.filter(({ kind }) => kind === "subscription").map(({ id }) => id);
  const stripeEventIds = await ctx
    .system("explain access")
    .tx((tx) => listStripeEventIds(tx.db, ctx.organization.id, considered.length > 0 ? considered : ids));
  return {
    ...toAccess(decision),
    rule,
    text,
    wouldChange: [...wouldChange],
    considered: decision.considered.map((consideration) => toConsidered(decided, consideration)),
    unknownPrices: [...new Set(decided.facts.subscriptions.flatMap(({ unknownPrices }) => unknownPrices))],
    stripeEventIds,
  };
}

function toAccess(decision: AccessDecision): Access {
  const { feature, granted, limit, reason, source, until, stale } = decision;
  // Use is not counted here, so what is used of a limit is not known.
  return { feature, granted, limit, used: null, reason, source, until, stale };
}

function toConsidered({ facts }: Decided, consideration: Consideration): AccessExplanation["considered"][number] {
  const { kind, id, granted, until, reason, feature } = consideration;
  const subscription = facts.subscriptions.find((candidate) => candidate.id === id);
  return {
    kind,
    id,
    granted,
    limit: feature.limit,
    until,
    reason,
    text: accessRules[reason].text,
    status: subscription?.status ?? null,
    stripeSubscriptionId: subscription?.stripeSubscriptionId ?? null,
  };
}

/** One feature was asked for, so one decision comes back. */
function only(decisions: AccessDecision[]): AccessDecision {
  const [decision] = decisions;
  if (!decision) throw new Error("a feature was asked for and no decision came back");
  return decision;
}
