import type { z } from "zod";
import type { Ctx } from "../context.ts";
import { create, update } from "../events/record.ts";
import { listObjects } from "../http/page.ts";
import { mergeMetadata } from "../http/params.ts";
import { noParams, route, type Route } from "../http/route.ts";
import { newId } from "../ids.ts";
import type { PortalConfiguration } from "../model/objects.ts";
import { ConfigurationCreate, ConfigurationList, ConfigurationUpdate } from "./portal-params.ts";
import { compact } from "./shapes.ts";

/** Portal configurations: create, read, change, list. */
export const portalConfigurationRoutes: Route[] = [
  route("POST", "/v1/billing_portal/configurations", ConfigurationCreate, (ctx, params) => {
    const configuration = changed(ctx, blankConfiguration(ctx), params);
    create(ctx, configuration, "billing_portal.configuration.created");
    return configuration;
  }),
  route("GET", "/v1/billing_portal/configurations/:id", noParams, (ctx, _params, id) =>
    ctx.store.get("billing_portal.configuration", id),
  ),
  route("POST", "/v1/billing_portal/configurations/:id", ConfigurationUpdate, (ctx, params, id) => {
    const before = ctx.store.get("billing_portal.configuration", id);
    return update(ctx, before, changed(ctx, before, params), "billing_portal.configuration.updated");
  }),
  route("GET", "/v1/billing_portal/configurations", ConfigurationList, (ctx, params) =>
    listObjects(
      ctx,
      "billing_portal.configuration",
      { active: params.active, is_default: params.is_default },
      { paging: params, url: "/v1/billing_portal/configurations" },
    ),
  ),
];

/** The account's default configuration; in test mode Stripe makes one by itself, with everything a customer needs. */
export function defaultConfiguration(ctx: Ctx): PortalConfiguration {
  const [kept] = ctx.store.all("billing_portal.configuration", { is_default: true });
  if (kept !== undefined) return kept;
  const configuration: PortalConfiguration = { ...blankConfiguration(ctx), is_default: true };
  ctx.store.put(configuration, ctx.now);
  return configuration;
}

function blankConfiguration(ctx: Ctx): PortalConfiguration {
  return {
    id: newId("bpc"),
    object: "billing_portal.configuration",
    active: true,
    application: null,
    business_profile: { headline: null, privacy_policy_url: null, terms_of_service_url: null },
    created: ctx.now,
    default_return_url: null,
    features: {
      customer_update: { allowed_updates: [], enabled: false },
      invoice_history: { enabled: true },
      payment_method_update: { enabled: true, payment_method_configuration: null },
      subscription_cancel: {
        cancellation_reason: { enabled: false, feedback_options: null, options: [] },
        enabled: true,
        mode: "at_period_end",
        proration_behavior: "none",
      },
      subscription_pause: { duration: { interval_options: [], type: "indefinite" }, enabled: false },
      subscription_update: {
        billing_cycle_anchor: null,
        default_allowed_updates: [],
        enabled: false,
        products: [],
        proration_behavior: "none",
        schedule_at_period_end: { conditions: [] },
        trial_update_behavior: "end_trial",
      },
    },
    is_default: false,
    livemode: false,
    login_page: { enabled: false, url: null },
    metadata: {},
    name: null,
    updated: ctx.now,
  };
}

function changed(ctx: Ctx, before: PortalConfiguration, params: ConfigurationUpdate): PortalConfiguration {
  return {
    ...before,
    ...compact({ active: params.active, default_return_url: params.default_return_url, name: params.name }),
    business_profile: { ...before.business_profile, ...compact(params.business_profile ?? {}) },
    features: params.features === undefined ? before.features : withFeatures(ctx, before.features, params.features),
    metadata: mergeMetadata(before.metadata ?? {}, params.metadata),
    updated: ctx.now,
  };
}

type Features = PortalConfiguration["features"];

function withFeatures(
  ctx: Ctx,
  before: Features,
  params: z.output<typeof ConfigurationCreate.shape.features>,
): Features {
  const { customer_update: customer, subscription_cancel: cancel, subscription_update: change } = params;
  const reason = cancel?.cancellation_reason;
  const cancelBefore = before.subscription_cancel;
  return {
    ...before,
    customer_update:
      customer === undefined
        ? before.customer_update
        : { enabled: customer.enabled, allowed_updates: customer.allowed_updates ?? [] },
    invoice_history: params.invoice_history ?? before.invoice_history,
    payment_method_update: { ...before.payment_method_update, ...compact(params.payment_method_update ?? {}) },
    subscription_cancel: {
      ...cancelBefore,
      ...compact({ enabled: cancel?.enabled, mode: cancel?.mode, proration_behavior: cancel?.proration_behavior }),
      cancellation_reason:
        reason === undefined
          ? cancelBefore.cancellation_reason
          : { enabled: reason.enabled, feedback_options: null, options: reason.options ?? [] },
    },
    subscription_update: change === undefined ? before.subscription_update : withPlans(ctx, before, change),
  };
}

function withPlans(
  ctx: Ctx,
  before: Features,
  change: NonNullable<z.output<typeof ConfigurationCreate.shape.features>["subscription_update"]>,
): Features["subscription_update"] {
  const products = (change.products ?? []).map((entry) => {
    ctx.store.get("product", entry.product, "features[subscription_update][products]");
    for (const price of entry.prices) ctx.store.get("price", price, "features[subscription_update][products]");
    return {
      adjustable_quantity: { enabled: false, maximum: null, minimum: 1 },
      prices: entry.prices,
      product: entry.product,
    };
  });
  return {
    ...before.subscription_update,
    default_allowed_updates: change.default_allowed_updates ?? [],
    enabled: change.enabled,
    products,
    proration_behavior: change.proration_behavior ?? "none",
  };
}
