import { z } from "zod";
import { operatorProcedure, Page, PageInput, publicProcedure, router } from "@turnpike/core";
import {
  CreatePrice,
  CreateProduct,
  Feature,
  Price,
  PriceId,
  Product,
  ProductId,
  SetFeatures,
  SyncReport,
  UpdateProduct,
} from "./models.ts";
import { getProduct, listFeatures, listProducts } from "./service/list-products.ts";
import { syncFromStripe } from "./service/sync-from-stripe.ts";
import { archivePrice, createPrice } from "./service/write-price.ts";
import { archiveProduct, createProduct, setFeatures, updateProduct } from "./service/write-product.ts";

const ListInput = PageInput.extend({ cursor: z.uuid().nullish() }).prefault({});

/** Procedures of `products`. */
export const productsRouter = router({
  /** Products that can be bought, with their active prices and what they grant. */
  list: publicProcedure
    .input(ListInput)
    .output(Page(Product))
    .query(({ ctx, input }) => listProducts(ctx, input)),

  /** One product that can be bought. Errors: products.not_found. */
  get: publicProcedure
    .input(ProductId)
    .output(Product)
    .query(({ ctx, input }) => getProduct(ctx, input)),

  /** Operators: creates a product at Stripe and here, with what it grants. */
  create: operatorProcedure
    .input(CreateProduct)
    .output(Product)
    .mutation(({ ctx, input }) => createProduct(ctx, input)),

  /** Operators: changes a product's name or description. Errors: products.not_found. */
  update: operatorProcedure
    .input(UpdateProduct)
    .output(Product)
    .mutation(({ ctx, input }) => updateProduct(ctx, input)),

  /** Operators: takes a product off the list; who subscribed keeps it. Errors: products.not_found, products.archived. */
  archive: operatorProcedure
    .input(ProductId)
    .output(Product)
    .mutation(({ ctx, input }) => archiveProduct(ctx, input)),

  prices: router({
    /** Operators: adds a price to a product. Errors: products.not_found, products.lookup_key_taken. */
    create: operatorProcedure
      .input(CreatePrice)
      .output(Price)
      .mutation(({ ctx, input }) => createPrice(ctx, input)),

    /** Operators: takes a price off the list; who pays it goes on. Errors: products.price_not_found. */
    archive: operatorProcedure
      .input(PriceId)
      .output(Price)
      .mutation(({ ctx, input }) => archivePrice(ctx, input)),
  }),

  features: router({
    /** Operators: every feature that a product grants or could grant. */
    list: operatorProcedure.output(z.object({ items: z.array(Feature) })).query(({ ctx }) => listFeatures(ctx)),

    /** Operators: makes these the features of a product, and no others. Errors: products.not_found. */
    set: operatorProcedure
      .input(SetFeatures)
      .output(Product)
      .mutation(({ ctx, input }) => setFeatures(ctx, input)),
  }),

  /** Operators: reads every product and price of Stripe and writes what differs. */
  syncFromStripe: operatorProcedure.output(SyncReport).mutation(({ ctx }) => syncFromStripe(ctx)),
});
