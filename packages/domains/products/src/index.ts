import { defineModule } from "@turnpike/core";
import { errors } from "./errors.ts";
import { events } from "./events.ts";
import { productsRouter } from "./router.ts";
import { stripeMirrors } from "./stripe.ts";

export { askStripe, findAtStripe, isMissing } from "./ask-stripe.ts";
export { events as productEvents } from "./events.ts";
export type { FeatureOfProduct } from "./feature-queries.ts";
export { findFeature, listFeatures, listFeaturesOf } from "./feature-queries.ts";
export type { FeatureKind, Price, Product } from "./models.ts";
export { FeatureKey, FeatureKind as FeatureKindSchema } from "./models.ts";
export type { PriceWithProduct } from "./queries.ts";
export { findActivePriceByLookupKey, listPricesById, listPricesByStripeId, listPricesOf } from "./queries.ts";

export default defineModule({ name: "products", router: productsRouter, errors, events, stripe: stripeMirrors });
