import type Stripe from "stripe";
import { z } from "zod";
import type { Tx } from "@turnpike/core";
import type { SubscriptionRow } from "../queries/subscriptions.ts";
import { addTrialUse } from "../queries/trials.ts";
import { userKey } from "./link-customer.ts";

/** Remembers that an organization, and who started the subscription, have had their trial: once ever for both. */
export async function rememberTrial(tx: Tx, row: SubscriptionRow, metadata: Stripe.Metadata): Promise<void> {
  if (row.trialStart === null) return;
  const userId = z.uuid().safeParse(metadata[userKey]).data;
  const subjects = trialSubjects(row.organizationId, userId ?? null);
  await addTrialUse(tx.db, subjects, row.stripeSubscriptionId);
}

/** Whom a trial is counted for: the organization, and the person if there is one. */
export function trialSubjects(organizationId: string, userId: string | null): string[] {
  return [`organization:${organizationId}`, ...(userId === null ? [] : [`user:${userId}`])];
}
