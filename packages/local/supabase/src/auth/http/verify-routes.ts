import { type Request, Router } from "express";
import { z } from "zod";
import type { Auth } from "../auth.ts";
import { emailProblem } from "../email-address.ts";
import { AuthError, invalid } from "../errors.ts";
import { hashOtp } from "../one-time-tokens.ts";
import { type Verified, verifyToken } from "../verify-token.ts";
import { readCaller } from "./read-caller.ts";
import { Text, readBody, readQuery, readRedirect } from "./read-request.ts";

const VerifyBody = z.object({ type: Text, token: Text, token_hash: Text, email: Text, phone: Text });
const HALF_CONFIRMED = "Confirmation link accepted. Please proceed to confirm link sent to the other email";
const LINK_REFUSED = "Email link is invalid or has expired";
const CODE_REFUSED = "Token has expired or is invalid";
const OAUTH_ERRORS = new Map([
  [400, "invalid_request"],
  [401, "unauthorized_client"],
  [403, "access_denied"],
  [500, "server_error"],
]);

/** `POST /verify`: redeems a link's hash or a code; answers with the session. */
export function verifyRoutes(auth: Auth): Router {
  const router = Router();
  router.post("/verify", async (request, response) => {
    const verified = await verifyToken(auth, readVerify(request), readCaller(auth, request));
    if (verified.kind === "session") {
      response.json(verified.answer);
      return;
    }
    response.json({ code: "200", msg: HALF_CONFIRMED });
  });
  return router;
}

/** `GET /verify`: what mails link to. Needs no API key; answers with a redirect, the session in its fragment. */
export function verifyLinkRoutes(auth: Auth): Router {
  const router = Router();
  router.get("/verify", async (request, response) => {
    const type = readQuery(request, "type") ?? "";
    const hash = readQuery(request, "token") ?? readQuery(request, "token_hash") ?? "";
    if (hash === "") throw invalid("Verify requires a token or a token hash");
    if (type === "") throw invalid("Verify requires a verification type");
    const target = readRedirect(auth, request);
    const fragment = await verifyToken(auth, { type, hash, refusal: LINK_REFUSED }, readCaller(auth, request)).then(
      (verified) => successFragment(verified, type),
      (error: unknown) => errorFragment(error),
    );
    response.redirect(303, `${target}#${fragment.toString()}`);
  });
  return router;
}

function readVerify(request: Request): { type: string; hash: string; refusal: string } {
  const body = readBody(VerifyBody, request);
  if (body.type === "") throw invalid("Verify requires a verification type");
  if ((body.token === "") === (body.token_hash === "")) {
    throw invalid("Verify requires either a token or a token hash");
  }
  if (body.token_hash !== "") {
    if (body.email !== "" || body.phone !== "") throw invalid("Only the token_hash and type should be provided");
    return { type: body.type, hash: body.token_hash, refusal: LINK_REFUSED };
  }
  if ((body.email === "") === (body.phone === "")) {
    throw invalid("Only an email address or phone number should be provided on verify");
  }
  // Nobody ever gets a code by phone here, so none can be right.
  if (body.phone !== "") throw new AuthError(403, "otp_expired", CODE_REFUSED);
  if (emailProblem(body.email) !== null) throw new AuthError(422, "validation_failed", "Invalid email format");
  const hash = hashOtp(body.email.toLowerCase(), body.token.replaceAll("-", ""));
  return { type: body.type, hash, refusal: CODE_REFUSED };
}

function successFragment(verified: Verified, type: string): URLSearchParams {
  if (verified.kind === "half_confirmed") return new URLSearchParams({ message: HALF_CONFIRMED });
  const { answer } = verified;
  return new URLSearchParams({
    access_token: answer.access_token,
    expires_at: answer.expires_at.toString(),
    expires_in: answer.expires_in.toString(),
    refresh_token: answer.refresh_token,
    token_type: answer.token_type,
    type,
  });
}

function errorFragment(error: unknown): URLSearchParams {
  if (!(error instanceof AuthError)) throw error;
  return new URLSearchParams({
    error: OAUTH_ERRORS.get(error.status) ?? "",
    error_code: error.code,
    error_description: error.message,
  });
}
