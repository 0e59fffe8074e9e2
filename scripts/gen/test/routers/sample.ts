import { initTRPC, tracked } from "@trpc/server";
import { z } from "zod";

const t = initTRPC.create({
  errorFormatter: ({ shape }) => ({ message: shape.message, code: shape.code, data: { appCode: "x.y" } }),
});

/** A plan a customer can choose. */
export const Plan = z.object({
  id: z.string(),
  /** Smallest unit of the currency. */
  amountMinor: z.number().int(),
  interval: z.enum(["month", "year"]),
  createdAt: z.date(),
  labels: z.map(z.string(), z.set(z.number())),
  parent: z.string().nullable(),
});

/** A folder that holds folders. */
export const Folder = z.object({
  name: z.string(),
  get children() {
    return z.array(Folder);
  },
});

const Page = z.object({ items: z.array(Plan), nextCursor: z.string().nullable() });

const Shape = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("circle"), radius: z.number() }),
  z.object({ kind: z.literal("square"), side: z.number() }),
]);

export const ListInput = z.object({
  cursor: z.string().optional(),
  limit: z.number().default(20),
  since: z.coerce.date().optional(),
});

const Settings = z.object({ color: z.string().default("red") });

const pair: [string, number] = ["a", 1];

const plans = t.router({
  configure: t.procedure
    .input(Settings)
    .output(Settings)
    .mutation(({ input }) => input),
  /**
   * Lists the plans.
   * @deprecated use `search`
   */
  list: t.procedure
    .input(ListInput)
    .output(Page)
    .query(() => ({ items: [], nextCursor: null })),
  get: t.procedure
    .input(z.object({ id: z.string() }))
    .output(Plan)
    .query(() => {
      throw new Error("fixture");
    }),
  create: t.procedure
    .input(z.object({ shape: Shape, plan: Plan.omit({ id: true }) }))
    .output(
      z.object({ ok: z.boolean(), raw: z.record(z.string(), z.unknown()), tuple: z.tuple([z.string(), z.number()]) }),
    )
    .mutation(() => ({ ok: true, raw: {}, tuple: pair })),
  extend: t.procedure
    .input(Plan.extend({ more: z.string() }))
    .output(z.void())
    .mutation(() => {}),
  tree: t.procedure.output(Folder).query(() => ({ name: "root", children: [] })),
  optional: t.procedure
    .input(z.object({ a: z.number() }).optional())
    .output(z.number())
    .query(() => 1),
  watch: t.procedure
    .input(z.object({ lastEventId: z.string().optional() }).optional())
    .subscription(async function* () {
      yield tracked("0", null);
      yield tracked("1", { type: "billing.subscription_activated", at: new Date() });
    }),
});

export const appRouter = t.router({
  plans,
  nested: t.router({ deeper: t.router({ ping: t.procedure.output(z.literal("pong")).query(() => "pong" as const) }) }),
});
export type AppRouter = typeof appRouter;
