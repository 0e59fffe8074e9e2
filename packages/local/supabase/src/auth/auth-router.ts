import { type RequestHandler, Router, text } from "express";
import type { Auth } from "./auth.ts";
import { absentRoutes, oauthRoutes } from "./http/absent-routes.ts";
import { adminGate, adminUserRoutes } from "./http/admin-routes.ts";
import { answerErrors, answerNotFound } from "./http/answer-errors.ts";
import { requireApiKey } from "./http/gateway.ts";
import { linkRoutes } from "./http/link-routes.ts";
import { mailRoutes } from "./http/mail-routes.ts";
import { keyRoutes, projectRoutes } from "./http/project-routes.ts";
import { publicRoutes } from "./http/public-routes.ts";
import { userRoutes } from "./http/user-routes.ts";
import { verifyLinkRoutes, verifyRoutes } from "./http/verify-routes.ts";

const MAX_BODY_BYTES = 1024 * 1024;

/** The Auth API below `/auth/v1`. */
export function authRouter(auth: Auth): Router {
  const router = Router();
  router.use(noStore);
  router.use(keyRoutes(auth));
  router.use(verifyLinkRoutes(auth));
  router.use(oauthRoutes());
  router.use(requireApiKey(auth.keys));
  // Every body is read as JSON whatever its content type, as GoTrue does; parsing is each route's own step.
  router.use(text({ type: () => true, limit: MAX_BODY_BYTES }));
  router.use(projectRoutes(auth));
  router.use(adminGate(auth));
  router.use("/admin/users", adminUserRoutes(auth));
  router.use(linkRoutes(auth));
  router.use(publicRoutes(auth));
  router.use(verifyRoutes(auth));
  router.use(mailRoutes(auth));
  router.use(userRoutes(auth));
  router.use(absentRoutes(auth));
  router.use(answerNotFound);
  router.use(answerErrors(auth));
  return router;
}

const noStore: RequestHandler = (_request, response, next) => {
  response.set("Cache-Control", "no-store");
  next();
};
