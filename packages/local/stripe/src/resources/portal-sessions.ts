import type { Ctx } from "../context.ts";
import { create } from "../events/record.ts";
import { route, type Route } from "../http/route.ts";
import { newId } from "../ids.ts";
import type { PortalSession } from "../model/objects.ts";
import { invalidRequest, parameterMissing } from "../stripe-error.ts";
import { defaultConfiguration } from "./portal-configurations.ts";
import { PortalSessionCreate } from "./portal-params.ts";

/** Portal sessions can only be created, as at Stripe. */
export const portalSessionRoutes: Route[] = [
  route("POST", "/v1/billing_portal/sessions", PortalSessionCreate, (ctx, params) => createPortalSession(ctx, params)),
];

/** Makes a session whose page is at `url`. Emits `billing_portal.session.created`. Errors: 404, an inactive configuration. */
export function createPortalSession(ctx: Ctx, params: PortalSessionCreate): PortalSession {
  const customer = ctx.store.get("customer", params.customer, "customer");
  const configuration =
    params.configuration === undefined
      ? defaultConfiguration(ctx)
      : ctx.store.get("billing_portal.configuration", params.configuration, "configuration");
  if (!configuration.active)
    throw invalidRequest("The portal configuration is not active.", { param: "configuration" });
  const id = newId("bps");
  const session: PortalSession = {
    id,
    object: "billing_portal.session",
    configuration: configuration.id,
    created: ctx.now,
    customer: customer.id,
    customer_account: null,
    flow: flowOf(ctx, params),
    livemode: false,
    locale: params.locale ?? null,
    on_behalf_of: null,
    return_url: params.return_url ?? configuration.default_return_url,
    url: `${ctx.baseUrl}/p/session/${id}`,
  };
  create(ctx, session, "billing_portal.session.created");
  return session;
}

function flowOf(ctx: Ctx, params: PortalSessionCreate): PortalSession["flow"] {
  const { flow_data: flow } = params;
  if (flow === undefined) return null;
  const { type, subscription_cancel: cancel, subscription_update: change, subscription_update_confirm: confirm } = flow;
  if (type === "subscription_cancel" && cancel === undefined) throw parameterMissing("flow_data[subscription_cancel]");
  if (type === "subscription_update" && change === undefined) throw parameterMissing("flow_data[subscription_update]");
  if (type === "subscription_update_confirm" && confirm === undefined) {
    throw parameterMissing("flow_data[subscription_update_confirm]");
  }
  for (const named of [cancel, change, confirm]) {
    if (named !== undefined) checkOwner(ctx, named.subscription, params.customer, `flow_data[${type}][subscription]`);
  }
  for (const item of confirm?.items ?? [])
    if (item.price !== undefined) ctx.store.get("price", item.price, "flow_data");
  const after = flow.after_completion;
  return {
    after_completion: {
      hosted_confirmation: null,
      redirect: after?.redirect ?? null,
      type: after?.type ?? "portal_homepage",
    },
    customer_update: null,
    subscription_cancel: cancel === undefined ? null : { retention: null, subscription: cancel.subscription },
    subscription_pause: null,
    subscription_update: change === undefined ? null : { subscription: change.subscription },
    subscription_update_confirm: confirm === undefined ? null : confirmOf(confirm),
    type,
  };
}

function confirmOf(confirm: NonNullable<NonNullable<PortalSessionCreate["flow_data"]>["subscription_update_confirm"]>) {
  const items = confirm.items.map((item) => ({
    id: item.id,
    price: item.price ?? null,
    ...(item.quantity === undefined ? {} : { quantity: item.quantity }),
  }));
  return { discounts: null, items, subscription: confirm.subscription };
}

function checkOwner(ctx: Ctx, subscriptionId: string, customerId: string, param: string): void {
  if (ctx.store.get("subscription", subscriptionId, param).customer === customerId) return;
  throw invalidRequest("The subscription does not belong to this customer.", { param });
}
