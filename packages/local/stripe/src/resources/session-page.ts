import { mergeMetadata } from "../http/params.ts";
import type { CheckoutSession } from "../model/objects.ts";
import type { PageParams } from "./checkout-page-params.ts";

/** The session's fields that say what Stripe's page would show and ask; what was not given is null, as at Stripe. */
export function pageFields(params: PageParams, mode: string) {
  const { custom_text: words, phone_number_collection: phone, tax_id_collection: taxId } = params;
  return {
    after_expiration: afterExpiration(params.after_expiration),
    automatic_tax: { enabled: params.automatic_tax?.enabled ?? false, liability: null, provider: null, status: null },
    billing_address_collection: params.billing_address_collection ?? null,
    consent_collection: consentCollection(params.consent_collection),
    custom_fields: (params.custom_fields ?? []).map(customField),
    custom_text: {
      after_submit: words?.after_submit ?? null,
      shipping_address: words?.shipping_address ?? null,
      submit: words?.submit ?? null,
      terms_of_service_acceptance: words?.terms_of_service_acceptance ?? null,
    },
    invoice_creation: mode === "payment" ? invoiceCreation(params.invoice_creation) : null,
    locale: params.locale ?? null,
    ...nameCollection(params.name_collection),
    ...(phone === undefined ? {} : { phone_number_collection: phone }),
    saved_payment_method_options: savedOptions(params.saved_payment_method_options),
    submit_type: params.submit_type ?? null,
    ...(taxId === undefined
      ? {}
      : { tax_id_collection: { enabled: taxId.enabled, required: taxId.required ?? "never" } }),
  };
}

function afterExpiration(given: PageParams["after_expiration"]): CheckoutSession["after_expiration"] {
  if (given === undefined) return null;
  if (given.recovery === undefined) return { recovery: null };
  const { enabled, allow_promotion_codes: allowed = false } = given.recovery;
  return { recovery: { allow_promotion_codes: allowed, enabled, expires_at: null, url: null } };
}

function consentCollection(given: PageParams["consent_collection"]): CheckoutSession["consent_collection"] {
  if (given === undefined) return null;
  return {
    payment_method_reuse_agreement: given.payment_method_reuse_agreement ?? null,
    promotions: given.promotions ?? null,
    terms_of_service: given.terms_of_service ?? null,
  };
}

function savedOptions(
  given: PageParams["saved_payment_method_options"],
): CheckoutSession["saved_payment_method_options"] {
  if (given === undefined) return null;
  return {
    allow_redisplay_filters: given.allow_redisplay_filters ?? null,
    payment_method_remove: given.payment_method_remove ?? null,
    payment_method_save: given.payment_method_save ?? null,
  };
}

function customField(
  field: NonNullable<PageParams["custom_fields"]>[number],
): CheckoutSession["custom_fields"][number] {
  const { dropdown, type } = field;
  const given = { numeric: field.numeric, text: field.text };
  const input = (entry: typeof given.text) => ({
    default_value: entry?.default_value ?? null,
    maximum_length: entry?.maximum_length ?? null,
    minimum_length: entry?.minimum_length ?? null,
    value: null,
  });
  return {
    key: field.key,
    label: field.label,
    optional: field.optional ?? false,
    type,
    ...(type === "dropdown" && dropdown !== undefined
      ? { dropdown: { default_value: dropdown.default_value ?? null, options: dropdown.options, value: null } }
      : {}),
    ...(type === "numeric" ? { numeric: input(given.numeric) } : {}),
    ...(type === "text" ? { text: input(given.text) } : {}),
  };
}

function invoiceCreation(given: PageParams["invoice_creation"]): CheckoutSession["invoice_creation"] {
  const data = given?.invoice_data;
  const rendering = data?.rendering_options;
  return {
    enabled: given?.enabled ?? false,
    invoice_data: {
      account_tax_ids: data?.account_tax_ids ?? null,
      custom_fields: data?.custom_fields ?? null,
      description: data?.description ?? null,
      footer: data?.footer ?? null,
      issuer: data?.issuer ?? null,
      metadata: data?.metadata === undefined ? null : mergeMetadata({}, data.metadata),
      rendering_options: rendering
        ? { amount_tax_display: rendering.amount_tax_display ?? null, template: rendering.template ?? null }
        : null,
    },
  };
}

function nameCollection(given: PageParams["name_collection"]): Partial<CheckoutSession> {
  if (given === undefined) return {};
  const { business, individual } = given;
  return {
    name_collection: {
      ...(business === undefined
        ? {}
        : { business: { enabled: business.enabled, optional: business.optional ?? false } }),
      ...(individual === undefined
        ? {}
        : { individual: { enabled: individual.enabled, optional: individual.optional ?? false } }),
    },
  };
}
