import { initTRPC } from "@trpc/server";
import type { Router } from "express";
import { z } from "zod";
import {
  defineErrors,
  defineEvents,
  defineModule,
  listener,
  operatorProcedure,
  organizationProcedure,
  publicProcedure,
  router,
  tracked,
  userProcedure,
} from "@turnpike/core";
import type { HttpHost, Module } from "@turnpike/core";

const errors = defineErrors("quarry", {
  flooded: { kind: "conflict", message: "The quarry is under water | up to the <b>edge</b>." },
});

const events = defineEvents("quarry", {
  /** A stone was cut. */
  stone_cut: z.object({
    organizationId: z.uuid(),
    /** Kilograms. */
    weightKg: z.number(),
    cutAt: z.coerce.date(),
    layers: z.array(z.object({ kind: z.enum(["chalk", "slate"]) })),
  }),
});

/** A stone as it lies. */
const Stone = z.object({ id: z.string(), parts: z.array(z.object({ name: z.string() })) });
const Order = z.object({
  stoneId: z.string(),
  from: z.date(),
  note: z.string().optional(),
  kinds: z.array(z.string()),
});

/** Takes the scale's readings at `POST /api/scale`. */
function mountScale(routes: Router, _host: HttpHost): void {
  routes.post("/api/scale", (_req, res) => void res.json({}));
}

const quarryRouter = router({
  /** Stones with <script>alert("x")</script> & `code`. Errors: quarry.flooded, core.limited. */
  list: publicProcedure
    .meta({ rateLimit: { name: "stones", points: 30, durationSec: 3600 } })
    .output(z.object({ items: z.array(Stone) }))
    .query(() => ({ items: [] })),
  mine: userProcedure.output(Stone).query(() => ({ id: "", parts: [] })),
  /** @deprecated use `list` */
  order: organizationProcedure
    .input(Order)
    .output(Stone)
    .mutation(() => ({ id: "", parts: [] })),
  /** Errors: quarry.collapsed. */
  blast: operatorProcedure.output(z.void()).mutation(() => undefined),
  watch: userProcedure.input(z.object({ stoneId: z.string() })).subscription(async function* () {
    yield tracked("1", { depth: 1 });
  }),
  unguarded: initTRPC
    .create()
    .procedure.output(z.void())
    .query(() => undefined),
});

const quarry = defineModule({
  name: "quarry",
  router: quarryRouter,
  errors,
  events,
  listeners: [listener(events.stone_cut, "weigh", async () => undefined)],
  http: mountScale,
});

/** The modules that the generator documents. */
export const modules = [quarry] as const satisfies readonly Module[];
/** The router that the generator reads. */
export const appRouter = router({ quarry: quarryRouter });
/** Its type. */
export type AppRouter = typeof appRouter;
