import { z } from "zod";
import { emptyable, flag, metadata, text, url } from "../http/params.ts";
import { PriceData } from "./price-params.ts";

const fields = {
  active: flag().optional(),
  description: emptyable(text(40_000)).optional(),
  images: emptyable(z.array(url()).max(8)).optional(),
  marketing_features: emptyable(z.array(z.strictObject({ name: text(80) })).max(15)).optional(),
  metadata: metadata().optional(),
  shippable: flag().optional(),
  statement_descriptor: text(22).optional(),
  tax_code: emptyable(text()).optional(),
  unit_label: emptyable(text(12)).optional(),
  url: emptyable(url()).optional(),
};
/** What a product is made from. */
export const ProductCreate = z.strictObject({
  ...fields,
  name: text(250).min(1),
  id: text(255).optional(),
  default_price_data: PriceData.omit({ product: true, product_data: true }).optional(),
});
export type ProductCreate = z.output<typeof ProductCreate>;
/** What of a product can be changed. */
export const ProductUpdate = z.strictObject({
  ...fields,
  name: text(250).min(1).optional(),
  default_price: text().optional(),
});
export type ProductUpdate = z.output<typeof ProductUpdate>;
