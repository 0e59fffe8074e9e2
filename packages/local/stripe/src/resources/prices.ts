import { z } from "zod";
import type { Ctx } from "../context.ts";
import { update } from "../events/record.ts";
import { listObjects } from "../http/page.ts";
import { created, currency, emptyable, flag, mergeMetadata, metadata, paging, text } from "../http/params.ts";
import { noParams, route, type Route } from "../http/route.ts";
import type { Price } from "../model/billing.ts";
import { claimLookupKey, createPrice } from "./create-price.ts";
import { PriceCreate } from "./price-params.ts";
import { compact } from "./shapes.ts";

const PriceUpdate = z.strictObject({
  active: flag().optional(),
  lookup_key: emptyable(text(200)).optional(),
  metadata: metadata().optional(),
  nickname: emptyable(text()).optional(),
  tax_behavior: z.enum(["exclusive", "inclusive", "unspecified"]).optional(),
  transfer_lookup_key: flag().optional(),
});
const PriceList = z.strictObject({
  ...paging,
  active: flag().optional(),
  created: created(),
  currency: currency().optional(),
  lookup_keys: z.array(text(200)).max(10).optional(),
  product: text().optional(),
  recurring: z.strictObject({ interval: z.enum(["day", "week", "month", "year"]).optional() }).optional(),
  type: z.enum(["one_time", "recurring"]).optional(),
});

/** Prices: create, read, change, list by lookup key, product, currency and interval. */
export const priceRoutes: Route[] = [
  route("POST", "/v1/prices", PriceCreate, (ctx, params) => createPrice(ctx, params)),
  route("GET", "/v1/prices/:id", noParams, (ctx, _params, id) => ctx.store.get("price", id)),
  route("POST", "/v1/prices/:id", PriceUpdate, updatePrice),
  route("GET", "/v1/prices", PriceList, listPrices),
];

function updatePrice(ctx: Ctx, params: z.output<typeof PriceUpdate>, id: string): Price {
  const before = ctx.store.get("price", id);
  claimLookupKey(ctx, params.lookup_key, params.transfer_lookup_key, id);
  const { transfer_lookup_key: _transfer, metadata: change, ...plain } = params;
  const after: Price = { ...before, ...compact(plain), metadata: mergeMetadata(before.metadata, change) };
  return update(ctx, before, after, "price.updated");
}

function listPrices(ctx: Ctx, params: z.output<typeof PriceList>): unknown {
  const keys = params.lookup_keys;
  const extra =
    keys === undefined
      ? undefined
      : { sql: ` AND json_extract(body, '$.lookup_key') IN (${keys.map(() => "?").join(", ")})`, values: keys };
  return listObjects(
    ctx,
    "price",
    {
      active: params.active,
      currency: params.currency,
      product: params.product,
      type: params.type,
      "recurring.interval": params.recurring?.interval,
    },
    { paging: params, created: params.created, url: "/v1/prices", ...(extra === undefined ? {} : { extra }) },
  );
}
