import type { Ctx } from "../../context.ts";

/** Whom a customer's id stands for: e-mail address, else name, else the id; deleted ones keep only the id. */
export function customerText(ctx: Ctx, id: string): string {
  const customer = ctx.store.find("customer", id);
  return customer?.email || customer?.name || id;
}
