import type { AccessFacts, FeatureFact, GrantFacts, SubscriptionFacts } from "../src/access-facts.ts";
import type { Moment } from "../src/subscription-standing.ts";

export const second = 1000;
export const hour = 3600 * second;
export const day = 24 * hour;
/** When the subscriptions of these tests begin. */
export const start = Date.UTC(2027, 0, 31, 12);

export const at = (time: number): Date => new Date(time);

/** What a test says of a subscription; the rest is an active one in its first period of 30 days. */
export type Row = Partial<SubscriptionFacts>;

export function featureOf(key: string, limit: number | null = null): FeatureFact {
  return { key, kind: limit === null ? "boolean" : "limit", limit };
}

export function subscriptionOf(row: Row): SubscriptionFacts {
  return {
    id: "1",
    stripeSubscriptionId: "sub_1",
    status: "active",
    cancelAtPeriodEnd: false,
    cancelAt: null,
    endedAt: null,
    trialEnd: null,
    currentPeriodStart: at(start),
    currentPeriodEnd: at(start + 30 * day),
    pauseBehavior: null,
    pauseBeganAt: null,
    pauseResumesAt: null,
    pastDueSince: null,
    features: [featureOf("exports")],
    unknownPrices: [],
    ...row,
  };
}

export function grantOf(changes: Partial<GrantFacts>): GrantFacts {
  return { id: "9", feature: featureOf("exports"), expiresAt: null, revokedAt: null, ...changes };
}

export function factsOf(facts: Partial<AccessFacts>): AccessFacts {
  return { subscriptions: [], grants: [], features: ["exports", "seats"], ...facts };
}

export function momentOf(now: number, options: { paymentGraceDays?: number; confirmed?: string[] } = {}): Moment {
  return {
    now: at(now),
    paymentGraceDays: options.paymentGraceDays ?? 7,
    confirmed: new Set(options.confirmed),
  };
}
