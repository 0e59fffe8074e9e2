import { z } from "zod";
import { emptyable, flag, text } from "../http/params.ts";
import type { Subscription } from "../model/billing.ts";
import { ignoredParams } from "./ignored-params.ts";

/** Known to Stripe and ignored on purpose: whether the customer is there makes no difference to a test card. */
const ignoredOfSubscription = ["off_session"] as const;
/** Ignored too: which bank, network or 3-D Secure rule a card payment follows. */
const ignoredOfPayment = ["payment_method_options"] as const;

/** Parameters of create and update that the subscription shows and that have no effect here: no taxes, no mails. */
export const settingsParams = {
  ...ignoredParams(ignoredOfSubscription),
  automatic_tax: z
    .strictObject({ enabled: flag(), liability: z.strictObject({ type: z.enum(["self"]) }).optional() })
    .optional(),
  collection_method: z.enum(["charge_automatically"]).optional(),
  days_until_due: z
    .unknown()
    .refine((given) => given === undefined, {
      message: "`days_until_due` goes with `collection_method=send_invoice`, which this local Stripe does not do.",
    })
    .optional(),
  invoice_settings: z
    .strictObject({
      account_tax_ids: emptyable(z.array(text())).optional(),
      custom_fields: emptyable(z.array(z.strictObject({ name: text(40), value: text(140) })).max(4)).optional(),
      description: text(1500).optional(),
      footer: text().optional(),
      issuer: z.strictObject({ type: z.enum(["self"]) }).optional(),
    })
    .optional(),
  payment_settings: z
    .strictObject({
      ...ignoredParams(ignoredOfPayment),
      save_default_payment_method: z.enum(["off", "on_subscription"]).optional(),
      payment_method_types: emptyable(
        z.array(text(50)).refine((types) => types.includes("card"), {
          message: "This local Stripe takes cards only: name `card` among them.",
        }),
      ).optional(),
    })
    .optional(),
};
const SettingsParams = z.object(settingsParams);

/** What these parameters change of a subscription; what is not given stays. */
export function settingsOf(before: Subscription, params: z.output<typeof SettingsParams>): Partial<Subscription> {
  const { automatic_tax: tax, invoice_settings: invoice, payment_settings: payment } = params;
  const change: Partial<Subscription> = {};
  if (tax !== undefined) change.automatic_tax = { disabled_reason: null, enabled: tax.enabled, liability: null };
  if (invoice !== undefined) {
    const current = before.invoice_settings;
    change.invoice_settings = {
      account_tax_ids: invoice.account_tax_ids === undefined ? current.account_tax_ids : invoice.account_tax_ids,
      custom_fields: invoice.custom_fields === undefined ? current.custom_fields : invoice.custom_fields,
      description: invoice.description ?? current.description,
      footer: invoice.footer ?? current.footer,
      issuer: current.issuer,
    };
  }
  if (payment !== undefined) {
    const current = before.payment_settings;
    const { payment_method_types: types } = payment;
    change.payment_settings = {
      payment_method_options: current?.payment_method_options ?? null,
      payment_method_types: types === undefined ? (current?.payment_method_types ?? null) : types,
      save_default_payment_method: payment.save_default_payment_method ?? current?.save_default_payment_method ?? "off",
    };
  }
  return change;
}
