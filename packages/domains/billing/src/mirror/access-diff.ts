import type { Tx } from "@turnpike/core";
import type { AccessFacts } from "../access-facts.ts";
import { loadAccessFacts } from "../access-load.ts";
import type { AccessDecision } from "../access-rule.ts";
import { decideAccess } from "../access-rule.ts";
import { events } from "../events.ts";
import { lockOrganization } from "../queries/customers.ts";

/**
 * Runs what may change an organization's access and emits billing.access_changed once, from the difference.
 * One change of an organization at a time: two that did not see each other would tell of states that never were.
 * Needs the service role.
 */
export async function withAccessDiff<T>(
  tx: Tx,
  organizationId: string,
  stripeEventId: string | null,
  change: () => Promise<T>,
): Promise<T> {
  await lockOrganization(tx.db, organizationId);
  const before = await loadAccessFacts(tx, organizationId);
  const result = await change();
  const after = await loadAccessFacts(tx, organizationId);
  const was = decideAll(tx, before);
  const changes = [...decideAll(tx, after).values()].flatMap((decision) => {
    const previous = was.get(decision.feature);
    if (previous && isSame(previous, decision)) return [];
    const { feature, granted, limit, reason, until } = decision;
    return [{ feature, granted, wasGranted: previous?.granted ?? false, limit, reason, until }];
  });
  if (changes.length > 0) await tx.emit(events.access_changed, { organizationId, changes, stripeEventId });
  return result;
}

function decideAll(tx: Tx, facts: AccessFacts): Map<string, AccessDecision> {
  // Both sides count as confirmed: how old an answer is makes no difference between them.
  const confirmed = new Set(facts.subscriptions.map(({ stripeSubscriptionId }) => stripeSubscriptionId));
  const moment = { now: tx.now(), paymentGraceDays: tx.config.paymentGraceDays, confirmed };
  return new Map(facts.features.map((feature) => [feature, decideAccess(facts, feature, moment)]));
}

function isSame(a: AccessDecision, b: AccessDecision): boolean {
  return (
    a.granted === b.granted && a.limit === b.limit && a.reason === b.reason && a.until?.getTime() === b.until?.getTime()
  );
}
