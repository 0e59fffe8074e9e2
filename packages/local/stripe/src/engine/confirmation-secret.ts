import type { Ctx } from "../context.ts";

/** The secret a browser would confirm the invoice's payment with; null when nothing is to be confirmed. */
export function confirmationSecretOf(ctx: Ctx, invoiceId: string): { client_secret: string; type: string } | null {
  const [payment] = ctx.store.all("invoice_payment", { invoice: invoiceId });
  if (payment === undefined) return null;
  const intent = ctx.store.get("payment_intent", payment.payment.payment_intent);
  return intent.client_secret === null ? null : { client_secret: intent.client_secret, type: "payment_intent" };
}
