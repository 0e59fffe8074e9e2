import { type Request, Router } from "express";
import { z } from "zod";
import type { Auth } from "../auth.ts";
import { readEmailAddress } from "../email-address.ts";
import { AuthError, OAuthError, invalid } from "../errors.ts";
import { signInWithPassword } from "../password-grant.ts";
import { refreshSession } from "../refresh-grant.ts";
import type { TokenAnswer } from "../sessions.ts";
import { type SignUpInput, signUp } from "../sign-up.ts";
import { refusePkce } from "./mail-routes.ts";
import { readCaller } from "./read-caller.ts";
import { Metadata, Text, readBody, readQuery, readRedirect } from "./read-request.ts";

const SignUpBody = z.object({ email: Text, phone: Text, password: Text, data: Metadata, code_challenge: Text });
const PasswordBody = z.object({ email: Text, phone: Text, password: Text });
const RefreshBody = z.object({ refresh_token: Text });

/** Routes that need no session: sign-up and the token grants. */
export function publicRoutes(auth: Auth): Router {
  const router = Router();

  router.post("/signup", async (request, response) => {
    const input = readSignUp(auth, request);
    response.json(await signUp(auth, input, readCaller(auth, request)));
  });

  router.post("/token", async (request, response) => {
    response.json(await grant(auth, request));
  });

  return router;
}

function readSignUp(auth: Auth, request: Request): SignUpInput {
  const body = readBody(SignUpBody, request);
  if (body.email === "" && body.phone === "") {
    throw new AuthError(422, "anonymous_provider_disabled", "Anonymous sign-ins are disabled");
  }
  refusePkce(body.code_challenge);
  if (body.password === "") throw invalid("Signup requires a valid password");
  if (body.email !== "" && body.phone !== "") {
    throw invalid("Only an email address or phone number should be provided on signup.");
  }
  if (body.phone !== "") throw new AuthError(400, "phone_provider_disabled", "Phone signups are disabled");
  return {
    email: readEmailAddress(body.email),
    password: body.password,
    data: body.data ?? {},
    redirectTo: readRedirect(auth, request),
  };
}

async function grant(auth: Auth, request: Request): Promise<TokenAnswer> {
  const caller = readCaller(auth, request);
  const type = readQuery(request, "grant_type");
  if (type === "password") {
    return signInWithPassword(auth, readPasswordBody(readBody(PasswordBody, request)), caller);
  }
  if (type === "refresh_token") {
    const { refresh_token: token } = readBody(RefreshBody, request);
    if (token === "") throw new OAuthError("invalid_request", "refresh_token required");
    return refreshSession(auth, token, caller);
  }
  if (type === "id_token") {
    throw new AuthError(400, "provider_disabled", "Sign-in with an id_token is disabled");
  }
  if (type === "pkce") {
    throw new AuthError(404, "flow_state_not_found", "invalid flow state, no valid flow state found");
  }
  throw new AuthError(400, "invalid_credentials", "unsupported_grant_type");
}

function readPasswordBody(body: z.infer<typeof PasswordBody>): { email: string; password: string } {
  if (body.email !== "" && body.phone !== "") {
    throw invalid("Only an email address or phone number should be provided on login.");
  }
  if (body.phone !== "") throw new AuthError(400, "phone_provider_disabled", "Phone logins are disabled");
  if (body.email === "") throw invalid("missing email or phone");
  return { email: body.email.toLowerCase(), password: body.password };
}
