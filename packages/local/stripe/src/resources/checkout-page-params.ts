import { z } from "zod";
import { emptyable, flag, integer, metadata, text } from "../http/params.ts";
import { ignoredParams } from "./ignored-params.ts";

/**
 * Known to Stripe and without a field on the session, or without a meaning where nothing but cards and no taxes are:
 * taken and ignored on purpose. Everything that is neither here nor described is refused.
 */
const ignoredOfSession = [
  "adaptive_pricing",
  "branding_settings",
  "customer_update",
  "excluded_payment_method_types",
  "payment_method_configuration",
  "payment_method_data",
  "payment_method_options",
  "wallet_options",
] as const;

const say = () => emptyable(z.strictObject({ message: text(1200) })).optional();
const enabled = () => z.strictObject({ enabled: flag() });
const collected = () => z.strictObject({ enabled: flag(), optional: flag().optional() }).optional();
const typed = () =>
  z
    .strictObject({
      default_value: text(255).optional(),
      maximum_length: integer(1, 255).optional(),
      minimum_length: integer(1, 255).optional(),
    })
    .optional();
const customField = z.strictObject({
  key: text(200).regex(/^[A-Za-z0-9]+$/, { message: "Invalid key: it must be alphanumeric." }),
  label: z.strictObject({ custom: text(50), type: z.enum(["custom"]) }),
  type: z.enum(["dropdown", "numeric", "text"]),
  optional: flag().optional(),
  dropdown: z
    .strictObject({
      default_value: text(100).optional(),
      options: z
        .array(z.strictObject({ label: text(100), value: text(100) }))
        .min(1)
        .max(200),
    })
    .optional(),
  numeric: typed(),
  text: typed(),
});
const invoiceData = z.strictObject({
  account_tax_ids: emptyable(z.array(text())).optional(),
  custom_fields: emptyable(z.array(z.strictObject({ name: text(40), value: text(140) })).max(4)).optional(),
  description: text(1500).optional(),
  footer: text().optional(),
  issuer: z.strictObject({ type: z.enum(["self"]) }).optional(),
  metadata: metadata().optional(),
  rendering_options: emptyable(
    z.strictObject({
      amount_tax_display: emptyable(z.enum(["exclude_tax", "include_inclusive_tax"])).optional(),
      template: text().optional(),
    }),
  ).optional(),
});

/** What only shapes Stripe's page, or what it asks there: shown on the session, without an effect on the page here. */
export const pageParams = {
  ...ignoredParams(ignoredOfSession),
  after_expiration: z
    .strictObject({
      recovery: z.strictObject({ enabled: flag(), allow_promotion_codes: flag().optional() }).optional(),
    })
    .optional(),
  automatic_tax: z
    .strictObject({ enabled: flag(), liability: z.strictObject({ type: z.enum(["self"]) }).optional() })
    .optional(),
  billing_address_collection: z.enum(["auto", "required"]).optional(),
  consent_collection: z
    .strictObject({
      payment_method_reuse_agreement: z.strictObject({ position: z.enum(["auto", "hidden"]) }).optional(),
      promotions: z.enum(["auto", "none"]).optional(),
      terms_of_service: z.enum(["none", "required"]).optional(),
    })
    .optional(),
  custom_fields: z.array(customField).max(3).optional(),
  custom_text: z
    .strictObject({
      after_submit: say(),
      shipping_address: say(),
      submit: say(),
      terms_of_service_acceptance: say(),
    })
    .optional(),
  invoice_creation: z.strictObject({ enabled: flag(), invoice_data: invoiceData.optional() }).optional(),
  locale: text(10).optional(),
  name_collection: z.strictObject({ business: collected(), individual: collected() }).optional(),
  phone_number_collection: enabled().optional(),
  saved_payment_method_options: z
    .strictObject({
      allow_redisplay_filters: z.array(z.enum(["always", "limited", "unspecified"])).optional(),
      payment_method_remove: z.enum(["disabled", "enabled"]).optional(),
      payment_method_save: z.enum(["disabled", "enabled"]).optional(),
    })
    .optional(),
  submit_type: z.enum(["auto", "book", "donate", "pay", "subscribe"]).optional(),
  tax_id_collection: z
    .strictObject({ enabled: flag(), required: z.enum(["if_supported", "never"]).optional() })
    .optional(),
};
const PageParams = z.object(pageParams);
/** The values of `pageParams`. */
export type PageParams = z.output<typeof PageParams>;
