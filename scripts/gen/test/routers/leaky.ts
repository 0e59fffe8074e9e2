import { initTRPC } from "@trpc/server";
import { z } from "zod";

const t = initTRPC.create();

class Invoice {
  total(): number {
    return 1;
  }
}

const raw: { data: ReturnType<typeof JSON.parse> } = { data: 1 };

/** Every way in which a router can show what a client must not see. */
export const appRouter = t.router({
  billing: t.router({
    library: t.procedure.query(() => ({ error: new z.ZodError([]) })),
    anything: t.procedure.query(() => raw),
    method: t.procedure.query(() => new Invoice()),
    untracked: t.procedure.subscription(async function* () {
      yield "somewhere";
    }),
    branded: t.procedure.output(z.object({ id: z.string().brand("id") })).query(() => ({ id: "1" })),
    fine: t.procedure.output(z.object({ id: z.string() })).query(() => ({ id: "1" })),
  }),
});
/** The type the generator reads. */
export type AppRouter = typeof appRouter;
