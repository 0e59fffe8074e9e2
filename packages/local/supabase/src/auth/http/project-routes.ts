import { Router } from "express";
import type { Auth } from "../auth.ts";

const NO_PROVIDERS = [
  "anonymous_users",
  "apple",
  "azure",
  "discord",
  "facebook",
  "github",
  "gitlab",
  "google",
  "phone",
];
const JWKS_MAX_AGE_SEC = 600;

/** Routes that need no API key either: the public half of the signing key. */
export function keyRoutes(auth: Auth): Router {
  const router = Router();
  router.get("/.well-known/jwks.json", (_request, response) => {
    response.set("Cache-Control", `public, max-age=${JWKS_MAX_AGE_SEC}`).json({ keys: [auth.keys.publicJwk] });
  });
  return router;
}

/** Routes that describe the project. */
export function projectRoutes(auth: Auth): Router {
  const router = Router();

  router.get("/health", async (_request, response) => {
    await auth.db.selectFrom("users").select("id").limit(1).execute();
    response.json({
      version: "v2.196.0",
      name: "GoTrue",
      description: "GoTrue is a user registration and authentication API",
    });
  });

  router.get("/settings", (_request, response) => {
    const external = Object.fromEntries(NO_PROVIDERS.map((name) => [name, false]));
    response.json({
      external: { ...external, email: true },
      disable_signup: false,
      mailer_autoconfirm: auth.settings.autoconfirm,
      phone_autoconfirm: false,
      sms_provider: "",
      saml_enabled: false,
    });
  });

  return router;
}
