import type { OrganizationCtx } from "@turnpike/core";
import { pageOf } from "@turnpike/core";
import type { Invoice } from "../invoice-and-grant-models.ts";
import type { ListInput } from "../models.ts";
import { listInvoices as selectInvoices } from "../queries/invoices.ts";

/** A page of the organization's invoices, newest first, with links to Stripe's page and PDF. */
export async function listInvoices(
  ctx: OrganizationCtx,
  input: ListInput,
): Promise<{ items: Invoice[]; nextCursor: string | null }> {
  const page = { before: input.cursor ?? null, limit: input.limit + 1 };
  const rows = await ctx.tx((tx) => selectInvoices(tx.db, ctx.organization.id, page));
  return pageOf(rows, input.limit, ({ id }) => id);
}
