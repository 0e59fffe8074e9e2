import type { OrganizationCtx } from "@turnpike/core";
import { askStripe } from "@turnpike/products";
import type { OpenedPortal, OpenPortal } from "../models.ts";
import { requireBillingRights } from "./billing-rights.ts";
import { requireCustomer } from "./ensure-customer.ts";
import { requireReturnUrls } from "./return-urls.ts";

/**
 * Opens Stripe's billing portal: never gated by access, since it is where a past-due customer pays.
 * Errors: billing.not_allowed, billing.no_customer, core.invalid_input (return URL), core.unavailable.
 */
export async function openPortal(ctx: OrganizationCtx, input: OpenPortal): Promise<OpenedPortal> {
  requireBillingRights(ctx);
  requireReturnUrls(ctx.config, { returnUrl: input.returnUrl });
  const customer = await requireCustomer(ctx);
  const { url } = await askStripe(ctx.stripe.billingPortal.sessions.create({ customer, return_url: input.returnUrl }));
  return { url };
}
