import type { AccessFacts, FeatureFact, GrantFacts } from "./access-facts.ts";
import type { AccessReason } from "./access-reasons.ts";
import type { Moment, Standing } from "./subscription-standing.ts";
import { standingOf } from "./subscription-standing.ts";

/** A subscription or grant that has the feature, and how it stands. */
export interface Consideration extends Standing {
  kind: "subscription" | "grant";
  id: string;
  feature: FeatureFact;
}

/** The answer to "may this organization use this feature now, why, until when". */
export interface AccessDecision {
  feature: string;
  granted: boolean;
  /** Null: without limit, or a feature that has none. */
  limit: number | null;
  reason: AccessReason;
  /** What gives access; when nothing does, what comes closest. */
  source: { kind: "subscription" | "grant"; id: string } | null;
  /** When access ends if nothing happens; null when it renews, or is not granted. */
  until: Date | null;
  /** Granted on an answer of Stripe that is older than it should be. */
  stale: boolean;
  considered: Consideration[];
}

/** From the reason that says most about what to do, to the one that says least. */
const refusalsByUse: readonly AccessReason[] = [
  "payment_grace_over",
  "unpaid",
  "incomplete",
  "paused",
  "pause_collection",
  "renewal_missing",
  "trial_over",
  "unknown_status",
  "subscription_ended",
  "incomplete_expired",
  "grant_expired",
  "grant_revoked",
];

/**
 * Decides whether a feature may be used: the union over all subscriptions and grants that have it. Booleans OR, limits
 * take the highest. Pure: the same facts at the same moment give the same answer.
 */
export function decideAccess(facts: AccessFacts, feature: string, moment: Moment): AccessDecision {
  const considered = [...considerSubscriptions(facts, feature, moment), ...considerGrants(facts, feature, moment)];
  const giving = considered.filter(({ granted }) => granted).toSorted(byStrength);
  const [best] = giving;
  if (best) {
    return {
      feature,
      granted: true,
      limit: highestLimit(giving),
      reason: best.reason,
      source: { kind: best.kind, id: best.id },
      until: latest(giving.map(({ until }) => until)),
      stale: giving.every(({ stale }) => stale),
      considered,
    };
  }
  const [closest] = considered.toSorted((a, b) => refusalsByUse.indexOf(a.reason) - refusalsByUse.indexOf(b.reason));
  return {
    feature,
    granted: false,
    limit: null,
    reason: closest?.reason ?? reasonWithoutCandidates(facts, feature, moment),
    source: closest ? { kind: closest.kind, id: closest.id } : null,
    until: null,
    stale: false,
    considered,
  };
}

function considerSubscriptions(facts: AccessFacts, key: string, moment: Moment): Consideration[] {
  return facts.subscriptions.flatMap((subscription) => {
    const offers = subscription.features.filter((feature) => feature.key === key);
    if (offers.length === 0) return [];
    const standing = standingOf(subscription, moment);
    return offers.map((feature) => ({ ...standing, kind: "subscription" as const, id: subscription.id, feature }));
  });
}

function considerGrants(facts: AccessFacts, key: string, moment: Moment): Consideration[] {
  return facts.grants
    .filter((grant) => grant.feature.key === key)
    .map((grant) => ({
      ...standingOfGrant(grant, moment),
      kind: "grant" as const,
      id: grant.id,
      feature: grant.feature,
    }));
}

function standingOfGrant(grant: GrantFacts, { now }: Moment): Standing {
  const refused = { granted: false, until: null, stale: false, mustRead: false };
  if (grant.revokedAt !== null && now >= grant.revokedAt) return { ...refused, reason: "grant_revoked" };
  if (grant.expiresAt !== null && now >= grant.expiresAt) return { ...refused, reason: "grant_expired" };
  return { granted: true, reason: "granted_by_hand", until: grant.expiresAt, stale: false, mustRead: false };
}

function reasonWithoutCandidates(facts: AccessFacts, feature: string, moment: Moment): AccessReason {
  if (!facts.features.includes(feature)) return "unknown_feature";
  const running = facts.subscriptions.filter((subscription) => !isOver(standingOf(subscription, moment)));
  return running.length > 0 ? "feature_not_in_plan" : "no_subscription";
}

function isOver({ reason }: Standing): boolean {
  return reason === "subscription_ended" || reason === "incomplete_expired";
}

/** What is sure before what is not, what gives more before what gives less, what lasts before what ends. */
function byStrength(a: Consideration, b: Consideration): number {
  if (a.stale !== b.stale) return a.stale ? 1 : -1;
  const [limitA, limitB] = [limitOf(a), limitOf(b)];
  if (limitA !== limitB) return limitA > limitB ? -1 : 1;
  const [untilA, untilB] = [endOf(a.until), endOf(b.until)];
  return untilA === untilB ? 0 : untilA > untilB ? -1 : 1;
}

function highestLimit(giving: Consideration[]): number | null {
  const highest = Math.max(...giving.map(limitOf));
  return highest === Infinity ? null : highest;
}

function limitOf({ feature }: Consideration): number {
  return feature.kind === "boolean" ? Infinity : (feature.limit ?? Infinity);
}

function latest(untils: (Date | null)[]): Date | null {
  const end = Math.max(...untils.map(endOf));
  return end === Infinity ? null : new Date(end);
}

function endOf(until: Date | null): number {
  return until?.getTime() ?? Infinity;
}
