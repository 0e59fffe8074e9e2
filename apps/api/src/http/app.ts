import { randomUUID } from "node:crypto";
import type { AnyRouter } from "@trpc/server";
import { TRPCError } from "@trpc/server";
import { createExpressMiddleware } from "@trpc/server/adapters/express";
import express from "express";
import type { ErrorRequestHandler, Express, Request, RequestHandler, Router } from "express";
import type { Deps, Env } from "@turnpike/core";
import { appErrorOf, createCtx, requestIds } from "@turnpike/core";
import type { Meter } from "../metrics/meter.ts";
import { releaseVersion } from "../release.ts";
import type { VerifyToken } from "./actor.ts";
import { ctxOfRequest } from "./actor.ts";
import { cors } from "./cors.ts";
import { docsRoutes } from "./docs.ts";
import { noteRejected } from "./note-rejected.ts";
import { observeRequests } from "./observe-requests.ts";

/** What the HTTP side needs to know. */
export interface AppOptions {
  env: Env;
  deps: Deps;
  appRouter: AnyRouter;
  verifyToken: VerifyToken;
  /** `/healthz` and its like. */
  operations: Router;
  meter: Meter | undefined;
}

const maxBodyBytes = 1_048_576;

/** The HTTP server. No global body parser: the webhook route needs the bytes, tRPC reads its own. */
export function createApp(options: AppOptions): Express {
  const { env, deps, appRouter, verifyToken, operations, meter } = options;
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.set("trust proxy", env.TRUST_PROXY);
  app.set("query parser", "simple");
  app.use(requestId);
  app.use(operations);
  app.use(observeRequests(deps.log, meter));
  app.use(docsRoutes(deps.config.apiUrl));
  mountModuleRoutes(app, deps);
  app.use(cors(deps.config.allowedOrigins));
  app.use(
    "/trpc",
    createExpressMiddleware({
      router: appRouter,
      maxBodySize: maxBodyBytes,
      maxBatchSize: 20,
      createContext: ({ req }) => {
        requireJson(req);
        return ctxOfRequest(deps, verifyToken, req);
      },
      onError: ({ error, path, req }) => noteRejected(deps.log, meter, { error, path, req }),
      responseMeta: ({ errors }) => ({ headers: headersFor(errors) }),
    }),
  );
  const about = { name: "turnpike", version: releaseVersion() };
  app.get("/", (_req, res) => void res.json(about));
  app.use((req, res) => void res.status(404).json(errorBody("core.not_found", "There is nothing here.", req)));
  app.use(lastResort(deps));
  return app;
}

/** tRPC takes forms and streams as well, which skip what is checked of JSON; a browser sends forms to anybody unasked. */
function requireJson(req: Request): void {
  if (req.method === "POST" && !req.is("application/json")) throw new TRPCError({ code: "UNSUPPORTED_MEDIA_TYPE" });
}

/** tRPC writes `vary` anew, without the origin that the answer was made for. */
function headersFor(errors: TRPCError[]): Record<string, string> {
  const retryAfterSec = Math.max(0, ...errors.map((error) => appErrorOf(error)?.retryAfterSec ?? 0));
  return { vary: "Origin", ...(retryAfterSec > 0 && { "retry-after": String(retryAfterSec) }) };
}

function mountModuleRoutes(app: Express, deps: Deps): void {
  for (const module of deps.modules) {
    if (!module.http || deps.config.modulesDisabled.includes(module.name)) continue;
    const routes = express.Router();
    module.http(routes, { createCtx: (actor, request) => createCtx(deps, actor, request) });
    app.use(routes);
  }
}

const acceptableId = /^[\w.:-]{1,100}$/;

/** Every request has an id: the caller's own when it is harmless, else a new one. It is echoed and logged. */
const requestId: RequestHandler = (req, res, next) => {
  const given = req.get("x-request-id");
  const id = given !== undefined && acceptableId.test(given) ? given : randomUUID();
  req.headers["x-request-id"] = id;
  res.setHeader("x-request-id", id);
  requestIds.run(id, next);
};

function errorBody(appCode: string, message: string, req: Request) {
  return { error: { appCode, message, requestId: req.get("x-request-id") } };
}

function lastResort({ log }: Deps): ErrorRequestHandler {
  return (error, req, res, next) => {
    log.error("http.failed", { error, method: req.method, requestId: req.get("x-request-id") });
    if (res.headersSent) return next(error);
    return void res.status(500).json(errorBody("core.internal", "Something went wrong on our side.", req));
  };
}
