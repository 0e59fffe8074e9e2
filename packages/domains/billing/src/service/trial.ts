import type { OrganizationCtx } from "@turnpike/core";
import type { PriceWithProduct } from "@turnpike/products";
import { trialSubjects } from "../mirror/remember-trial.ts";
import { hasTrialUse, isTrialHeld } from "../queries/trials.ts";
import { actingUserId } from "./billing-rights.ts";

/**
 * Days of trial that this checkout starts with; null without one. A trial is once ever for the organization and for
 * the person, on whatever plan; while a person has an open checkout with a trial for one organization, a checkout for
 * another has none.
 */
export function trialDaysFor(ctx: OrganizationCtx, price: PriceWithProduct): Promise<number | null> {
  const { trialDays } = price;
  if (trialDays === null) return Promise.resolve(null);
  const organizationId = ctx.organization.id;
  const userId = actingUserId(ctx);
  return ctx.system("look for a trial").tx(async (tx) => {
    if (await hasTrialUse(tx.db, trialSubjects(organizationId, userId))) return null;
    if (await isTrialHeld(tx.db, { userId, organizationId, now: tx.now() })) return null;
    return trialDays;
  });
}
