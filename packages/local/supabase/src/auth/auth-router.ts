import { type RequestHandler, Router, text } from "express";
import type { Auth } from "./auth.ts";
import { answerErrors, answerNotFound } from "./http/answer-errors.ts";
import { requireApiKey } from "./http/gateway.ts";
import { keyRoutes, projectRoutes } from "./http/project-routes.ts";
import { publicRoutes } from "./http/public-routes.ts";
import { userRoutes } from "./http/user-routes.ts";

const MAX_BODY_BYTES = 1024 * 1024;

/** The Auth API below `/auth/v1`. */
export function authRouter(auth: Auth): Router {
  const router = Router();
  router.use(noStore);
  router.use(keyRoutes(auth));
  router.use(requireApiKey(auth.keys));
  // Every body is read as JSON whatever its content type, as GoTrue does; parsing is each route's own step.
  router.use(text({ type: () => true, limit: MAX_BODY_BYTES }));
  router.use(projectRoutes(auth));
  router.use(publicRoutes(auth));
  router.use(userRoutes(auth));
  router.use(answerNotFound);
  router.use(answerErrors(auth));
  return router;
}

const noStore: RequestHandler = (_request, response, next) => {
  response.set("Cache-Control", "no-store");
  next();
};
