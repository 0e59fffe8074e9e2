import { Router } from "express";
import type { Auth } from "../auth.ts";
import { AuthError, invalid } from "../errors.ts";
import { requireUser } from "./read-caller.ts";

/** `GET /authorize`: browsers open it without an API key. No OAuth provider is enabled. */
export function oauthRoutes(): Router {
  const router = Router();
  router.get("/authorize", () => {
    throw invalid("Unsupported provider: provider is not enabled");
  });
  return router;
}

/** What a GoTrue answers whose SSO, identity linking and second factors are switched off. */
export function absentRoutes(auth: Auth): Router {
  const router = Router();

  router.use("/sso", () => {
    throw new AuthError(404, "saml_provider_disabled", "SAML 2.0 is disabled");
  });

  router.use("/user/identities", async (request) => {
    await requireUser(auth, request);
    throw new AuthError(404, "manual_linking_disabled", "Manual linking is disabled");
  });

  router.post("/factors", async (request) => {
    await requireUser(auth, request);
    throw new AuthError(422, "mfa_totp_enroll_not_enabled", "MFA enroll is disabled for TOTP");
  });

  return router;
}
