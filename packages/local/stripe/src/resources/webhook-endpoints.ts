import { z } from "zod";
import type { Ctx } from "../context.ts";
import { apiVersion } from "../events/record.ts";
import { listObjects } from "../http/page.ts";
import { emptyable, flag, mergeMetadata, metadata, paging, text, url } from "../http/params.ts";
import { noParams, route, type Route } from "../http/route.ts";
import { newId, randomText } from "../ids.ts";
import type { WebhookEndpoint } from "../model/objects.ts";
import { compact } from "./shapes.ts";

const events = () => z.array(text(200).min(1)).min(1).max(300);
const EndpointCreate = z.strictObject({
  url: url(),
  enabled_events: events(),
  api_version: text(50).optional(),
  description: emptyable(text()).optional(),
  metadata: metadata().optional(),
});
const EndpointUpdate = z.strictObject({
  url: url().optional(),
  enabled_events: events().optional(),
  description: emptyable(text()).optional(),
  disabled: flag().optional(),
  metadata: metadata().optional(),
});

/** Webhook endpoints: create, read, change, delete, list. */
export const webhookEndpointRoutes: Route[] = [
  route("POST", "/v1/webhook_endpoints", EndpointCreate, (ctx, params) => {
    const secret = `whsec_${randomText(32)}`;
    const endpoint = createEndpoint(ctx, { ...params, secret });
    // The only answer that shows the secret.
    return { ...endpoint, secret };
  }),
  route("GET", "/v1/webhook_endpoints/:id", noParams, (ctx, _params, id) => ctx.store.get("webhook_endpoint", id)),
  route("POST", "/v1/webhook_endpoints/:id", EndpointUpdate, updateEndpoint),
  route("DELETE", "/v1/webhook_endpoints/:id", noParams, (ctx, _params, id) => {
    ctx.store.get("webhook_endpoint", id);
    return ctx.store.bury("webhook_endpoint", id);
  }),
  route("GET", "/v1/webhook_endpoints", z.strictObject(paging), (ctx, params) =>
    listObjects(ctx, "webhook_endpoint", {}, { paging: params, url: "/v1/webhook_endpoints" }),
  ),
];

/** Stores an endpoint; its secret is kept beside it and signs its deliveries. */
export function createEndpoint(
  ctx: Pick<Ctx, "store" | "now">,
  params: z.output<typeof EndpointCreate> & { secret: string },
): WebhookEndpoint {
  const endpoint: WebhookEndpoint = {
    id: newId("we"),
    object: "webhook_endpoint",
    api_version: params.api_version ?? apiVersion,
    application: null,
    created: ctx.now,
    description: params.description ?? null,
    enabled_events: params.enabled_events,
    livemode: false,
    metadata: mergeMetadata({}, params.metadata),
    status: "enabled",
    url: params.url,
  };
  ctx.store.put(endpoint, ctx.now, { secret: params.secret });
  return endpoint;
}

function updateEndpoint(ctx: Ctx, params: z.output<typeof EndpointUpdate>, id: string): WebhookEndpoint {
  const before = ctx.store.get("webhook_endpoint", id);
  const { disabled, metadata: change, ...plain } = params;
  const after: WebhookEndpoint = {
    ...before,
    ...compact(plain),
    ...(disabled === undefined ? {} : { status: disabled ? "disabled" : "enabled" }),
    metadata: mergeMetadata(before.metadata, change),
  };
  ctx.store.put(after, ctx.now);
  return after;
}
