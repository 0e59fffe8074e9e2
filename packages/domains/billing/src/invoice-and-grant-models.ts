import { z } from "zod";
import { MultilineText, PageInput } from "@turnpike/core";
import { FeatureKey } from "@turnpike/products";

/** An invoice. Amounts are in the smallest unit of `currency`. */
export const Invoice = z.object({
  id: z.uuid(),
  number: z.string().nullable(),
  status: z.string(),
  currency: z.string(),
  totalMinor: z.number().int(),
  amountDueMinor: z.number().int(),
  amountPaidMinor: z.number().int(),
  billingReason: z.string().nullable(),
  stripeSubscriptionId: z.string().nullable(),
  hostedInvoiceUrl: z.string().nullable(),
  invoicePdfUrl: z.string().nullable(),
  periodStart: z.date().nullable(),
  periodEnd: z.date().nullable(),
  invoicedAt: z.date(),
  paidAt: z.date().nullable(),
});
export type Invoice = z.infer<typeof Invoice>;

/** Access given by hand. */
export const Grant = z.object({
  id: z.uuid(),
  organizationId: z.uuid(),
  feature: z.string(),
  limit: z.number().int().nullable(),
  reason: z.string(),
  expiresAt: z.date().nullable(),
  revokedAt: z.date().nullable(),
  createdAt: z.date(),
});
export type Grant = z.infer<typeof Grant>;

/** A feature to give to an organization by hand, and why. */
export const CreateGrant = z.object({
  organizationId: z.uuid(),
  feature: FeatureKey,
  /** Of a limited feature; absent: without limit. */
  limit: z.number().int().min(0).max(1_000_000_000).nullish(),
  reason: MultilineText.trim().min(1).max(500),
  /** Absent: until it is revoked. */
  expiresAt: z.date().nullish(),
});
export type CreateGrant = z.infer<typeof CreateGrant>;

/** A page of grants, of one organization or of all. */
export const ListGrants = PageInput.extend({
  cursor: z.uuid().nullish(),
  organizationId: z.uuid().optional(),
}).prefault({});
export type ListGrants = z.output<typeof ListGrants>;

/** Names a grant. */
export const GrantId = z.object({ grantId: z.uuid() });
export type GrantId = z.infer<typeof GrantId>;

/** Names an organization, for operators. */
export const OrganizationId = z.object({ organizationId: z.uuid() });

/** How many objects of a customer were read back. */
export const CustomerSyncReport = z.object({ subscriptions: z.number().int(), invoices: z.number().int() });
