import { z } from "zod";
import { emptyable, flag, metadata, paging, quantity, text, url } from "../http/params.ts";

const proration = () => z.enum(["always_invoice", "create_prorations", "none"]).optional();
const cancellationOption = z.enum([
  "customer_service",
  "low_quality",
  "missing_features",
  "other",
  "switched_service",
  "too_complex",
  "too_expensive",
  "unused",
]);
const features = z.strictObject({
  customer_update: z
    .strictObject({
      enabled: flag(),
      allowed_updates: emptyable(
        z.array(z.enum(["address", "email", "name", "phone", "shipping", "tax_id"])),
      ).optional(),
    })
    .optional(),
  invoice_history: z.strictObject({ enabled: flag() }).optional(),
  payment_method_update: z.strictObject({ enabled: flag() }).optional(),
  subscription_cancel: z
    .strictObject({
      enabled: flag(),
      mode: z.enum(["at_period_end", "immediately"]).optional(),
      proration_behavior: proration(),
      cancellation_reason: z
        .strictObject({ enabled: flag(), options: emptyable(z.array(cancellationOption)) })
        .optional(),
    })
    .optional(),
  subscription_update: z
    .strictObject({
      enabled: flag(),
      default_allowed_updates: emptyable(z.array(z.enum(["price", "promotion_code", "quantity"]))).optional(),
      products: emptyable(
        z.array(z.strictObject({ product: text(), prices: z.array(text()).max(10) })).max(10),
      ).optional(),
      proration_behavior: proration(),
    })
    .optional(),
});

/** What POST /v1/billing_portal/configurations takes; on update everything is optional. */
export const ConfigurationCreate = z.strictObject({
  features,
  business_profile: z
    .strictObject({
      headline: emptyable(text(60)).optional(),
      privacy_policy_url: emptyable(url()).optional(),
      terms_of_service_url: emptyable(url()).optional(),
    })
    .optional(),
  default_return_url: emptyable(url()).optional(),
  login_page: z.strictObject({ enabled: flag() }).optional(),
  metadata: metadata().optional(),
  name: emptyable(text(200)).optional(),
});
/** What POST /v1/billing_portal/configurations/:id takes. */
export const ConfigurationUpdate = ConfigurationCreate.partial().extend({ active: flag().optional() });
export type ConfigurationUpdate = z.output<typeof ConfigurationUpdate>;

/** Filters of GET /v1/billing_portal/configurations. */
export const ConfigurationList = z.strictObject({
  ...paging,
  active: flag().optional(),
  is_default: flag().optional(),
});

/** What POST /v1/billing_portal/sessions takes. */
export const PortalSessionCreate = z.strictObject({
  customer: text(),
  configuration: text().optional(),
  flow_data: z
    .strictObject({
      type: z.enum([
        "payment_method_update",
        "subscription_cancel",
        "subscription_update",
        "subscription_update_confirm",
      ]),
      after_completion: z
        .strictObject({
          type: z.enum(["portal_homepage", "redirect"]),
          redirect: z.strictObject({ return_url: url() }).optional(),
        })
        .optional(),
      subscription_cancel: z.strictObject({ subscription: text() }).optional(),
      subscription_update: z.strictObject({ subscription: text() }).optional(),
      subscription_update_confirm: z
        .strictObject({
          subscription: text(),
          items: z
            .array(z.strictObject({ id: text(), price: text().optional(), quantity: quantity(1).optional() }))
            .min(1)
            .max(1),
        })
        .optional(),
    })
    .optional(),
  locale: text(10).optional(),
  return_url: url().optional(),
});
export type PortalSessionCreate = z.output<typeof PortalSessionCreate>;
