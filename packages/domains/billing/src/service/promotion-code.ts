import type { Ctx } from "@turnpike/core";
import { coreErrors } from "@turnpike/core";
import { askStripe } from "@turnpike/products";

/** Stripe's id of an active promotion code. Errors: core.invalid_input with an issue on `promotionCode`, core.unavailable. */
export async function findPromotionCode(ctx: Ctx, code: string): Promise<string> {
  const { data } = await askStripe(ctx.stripe.promotionCodes.list({ code, active: true, limit: 1 }));
  const [found] = data;
  if (found) return found.id;
  const fieldIssues = [{ path: "promotionCode", message: "There is no such promotion code." }];
  throw coreErrors.invalid_input(undefined, { fieldIssues });
}
