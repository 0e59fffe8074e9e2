import { initTRPC, tracked, TRPCError } from "@trpc/server";
import { createHTTPServer } from "@trpc/server/adapters/standalone";
import superjson from "superjson";
import type { Mutation, OptionalQuery, OptionalSubscription, Query } from "../../src/calls.ts";

/** One HTTP request as it arrived. */
export interface SeenRequest {
  url: string;
  headers: Record<string, string | string[] | undefined>;
}

/** The API of the server below, as the generator would write it. */
export interface SampleApi {
  echo: Query<unknown, unknown>;
  headers: OptionalQuery<undefined, Record<string, string>>;
  notes: { create: Mutation<{ text: string }, { text: string; createdAt: Date }> };
  fail: Query<Record<string, unknown>, never>;
  hang: OptionalQuery<undefined, never>;
  ticks: OptionalSubscription<
    { lastEventId?: string; failFirst?: "ours" | "over" } | undefined,
    { at: Date; number: number }
  >;
}

/** Details that `fail` puts into its error, in the shape of the API's own errors. */
class SampleError extends TRPCError {
  readonly details: Record<string, unknown>;
  constructor(details: Record<string, unknown>) {
    super({ code: "CONFLICT", message: "It is canceled already." });
    this.details = details;
  }
}

interface Context {
  isFirst: boolean;
  headers: Record<string, string | string[] | undefined>;
}

const t = initTRPC.context<Context>().create({
  transformer: superjson,
  errorFormatter: ({ shape, error }) => ({
    ...shape,
    data: { ...shape.data, ...(error instanceof SampleError && error.details) },
  }),
  sse: { client: { reconnectAfterInactivityMs: 5_000 }, ping: { enabled: true, intervalMs: 1_000 } },
});

const any = (value: unknown): unknown => value;

const record = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value)) : {};

const router = t.router({
  echo: t.procedure.input(any).query(({ input }) => input),
  headers: t.procedure.query(({ ctx }) => ctx.headers),
  notes: t.router({
    create: t.procedure.input(record).mutation(({ input }) => ({ text: input["text"], createdAt: new Date(0) })),
  }),
  fail: t.procedure.input(record).query(({ input }) => {
    throw new SampleError(input);
  }),
  hang: t.procedure.query(({ signal }) => new Promise((resolve) => signal?.addEventListener("abort", resolve))),
  ticks: t.procedure.input(record).subscription(async function* ({ ctx, input, signal }) {
    if (ctx.isFirst && input["failFirst"] === "ours") throw new TRPCError({ code: "INTERNAL_SERVER_ERROR" });
    if (ctx.isFirst && input["failFirst"] === "over")
      throw new SampleError({ appCode: "auth.session_over", httpStatus: 401 });
    const last = Number(input["lastEventId"] ?? 0);
    yield tracked(String(last), null);
    for (let number = last + 1; !signal?.aborted; number += 1) {
      yield tracked(String(number), { at: new Date(number), number });
      if (number % 3 === 0) await new Promise((resolve) => signal?.addEventListener("abort", resolve));
    }
  }),
});

/** A tRPC server of ours on a free port. `requests` holds what arrived; `cutConnections` breaks all of them. */
export interface ApiServer extends AsyncDisposable {
  url: string;
  requests: SeenRequest[];
  cutConnections(): void;
}

/** Starts the server. */
export async function startApiServer(): Promise<ApiServer> {
  const requests: SeenRequest[] = [];
  const server = createHTTPServer({
    router,
    basePath: "/trpc/",
    maxBatchSize: 20,
    createContext: ({ req }) => {
      requests.push({ url: req.url ?? "", headers: req.headers });
      return { headers: req.headers, isFirst: requests.length === 1 };
    },
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port.");
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    cutConnections: () => server.closeAllConnections(),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
