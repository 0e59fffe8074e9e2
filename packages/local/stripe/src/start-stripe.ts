import { createServer, type Server } from "node:http";
import express, { type Express, type NextFunction, type Request, type Response } from "express";
import { Deliverer } from "./delivery/deliverer.ts";
import { Ticker } from "./engine/ticker.ts";
import { apiRouter } from "./http/api.ts";
import { randomText } from "./ids.ts";
import { checkOptions, defaultRetryScheduleMs, type StripeOptions } from "./options.ts";
import { checkoutPages } from "./pages/checkout-routes.ts";
import { homePages } from "./pages/home/home-routes.ts";
import { intentPages } from "./pages/intent-routes.ts";
import { sendNotice } from "./pages/layout.ts";
import { portalPages } from "./pages/portal-routes.ts";
import { ensureEndpoint } from "./resources/ensure-endpoint.ts";
import { routes } from "./routes.ts";
import { Clock } from "./sim/clock.ts";
import { Faults } from "./sim/faults.ts";
import { simRouter } from "./sim/sim-router.ts";
import { openDatabase } from "./storage/open-database.ts";
import { Store } from "./storage/store.ts";
import type { World } from "./world.ts";

/** A running local Stripe. */
export interface LocalStripe {
  /** Origin of API and pages, for example `http://127.0.0.1:12111`. */
  url: string;
  /** `sk_test_…`, random and kept in the data folder. */
  secretKey: string;
  publishableKey: string;
  /** Secret of the endpoint given in the options. */
  webhookSecret: string | undefined;
  /** Stripe's time. */
  now(): Date;
  /** Everything due until `to` happens, in order, and its deliveries are queued. */
  advance(to: Date): Promise<void>;
  /** Resolves when no delivery is pending. */
  deliveriesIdle(): Promise<void>;
  /** Stops listening and delivering; what is pending goes on after the next start. */
  stop(): Promise<void>;
}

/** Starts a local Stripe on loopback. Errors: NODE_ENV=production, a live key, a malformed option. */
export async function startStripe(options: StripeOptions = {}): Promise<LocalStripe> {
  checkOptions(options, process.env);
  const store = new Store(openDatabase(options.dataDir));
  const secretKey = keptKey(store, "secret_key", "sk_test_", options.secretKey);
  const publishableKey = keptKey(store, "publishable_key", "pk_test_");
  const world = buildWorld(store, options, secretKey);
  if (options.webhook !== undefined) ensureEndpoint(world, options.webhook);
  const server = createServer(buildApp(world));
  const port = await listen(server, options.port ?? 0).catch((error: unknown) => {
    store.database.close();
    throw error;
  });
  world.baseUrl = `http://127.0.0.1:${port}`;
  world.ticker.schedule();
  world.deliverer.wake();
  return {
    url: world.baseUrl,
    secretKey,
    publishableKey,
    webhookSecret: options.webhook?.secret,
    now: () => world.clock.now(),
    advance: (to) => world.ticker.advance(to),
    deliveriesIdle: () => world.deliverer.idle(),
    stop: () => stop(world, server),
  };
}

function buildWorld(store: Store, options: StripeOptions, secretKey: string): World {
  const clock = new Clock(store);
  const deliverer = new Deliverer(store, options.retryScheduleMs ?? defaultRetryScheduleMs);
  const world: World = {
    store,
    clock,
    deliverer,
    ticker: new Ticker({ store, clock, baseUrl: () => world.baseUrl, afterEach: () => deliverer.wake() }),
    faults: new Faults(),
    secretKey,
    baseUrl: "",
    redirectDelayMs: options.redirectDelayMs ?? 0,
  };
  return world;
}

function buildApp(world: World): Express {
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.use("/_sim", simRouter(world));
  app.use(homePages(world));
  app.use(checkoutPages(world));
  app.use(portalPages(world));
  app.use(intentPages(world));
  app.use(apiRouter(world, routes));
  app.use((_request: Request, response: Response) => {
    sendNotice(response, 404, "No such page", "Nothing is at this address of the local Stripe.", "/");
  });
  // Express tells an error handler by its four parameters.
  app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
    // Express gives a status to what the client did wrong (a body too large, a path that cannot be decoded).
    const status = error instanceof Error && "status" in error && typeof error.status === "number" ? error.status : 500;
    const message =
      error instanceof Error ? (status < 500 ? error.message : (error.stack ?? error.message)) : String(error);
    response.status(status).json({ error: { type: status < 500 ? "invalid_request_error" : "api_error", message } });
  });
  return app;
}

/** A key given now, else the one kept, else a new one; whichever it is, it is kept. */
function keptKey(store: Store, name: string, prefix: string, given?: string): string {
  const key = given ?? store.readMeta(name) ?? `${prefix}${randomText(32)}`;
  store.writeMeta(name, key);
  return key;
}

/** Listens on loopback at `preferred` or the next free port; 0 takes any. Returns the port. */
async function listen(server: Server, preferred: number): Promise<number> {
  for (let port = preferred; ; port += 1) {
    const error = await new Promise<NodeJS.ErrnoException | null>((resolve) => {
      server.once("error", resolve);
      server.listen(port, "127.0.0.1", () => {
        server.off("error", resolve);
        resolve(null);
      });
    });
    if (error === null) break;
    if (error.code !== "EADDRINUSE" || port - preferred >= 100) throw error;
  }
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the local Stripe has no port");
  return address.port;
}

async function stop(world: World, server: Server): Promise<void> {
  world.ticker.stop();
  world.deliverer.stop();
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
  world.store.database.close();
}
