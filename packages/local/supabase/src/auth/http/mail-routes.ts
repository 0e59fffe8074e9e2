import { type Request, Router } from "express";
import { z } from "zod";
import type { Auth } from "../auth.ts";
import { readEmailAddress } from "../email-address.ts";
import { AuthError, invalid } from "../errors.ts";
import { reauthenticate, requestMagicLink, requestRecovery, resendMail } from "../request-mail.ts";
import { readCaller, requireUser } from "./read-caller.ts";
import { Metadata, Text, readBody, readRedirect } from "./read-request.ts";

const RecoverBody = z.object({ email: Text, code_challenge: Text });
const ResendBody = z.object({ type: Text, email: Text, phone: Text });
const OtpBody = z.object({
  email: Text,
  phone: Text,
  data: Metadata,
  create_user: z.boolean().nullish(),
  code_challenge: Text,
});

/** Routes that send a mail. */
export function mailRoutes(auth: Auth): Router {
  const router = Router();

  router.post("/recover", async (request, response) => {
    const body = readBody(RecoverBody, request);
    refusePkce(body.code_challenge);
    if (body.email === "") throw invalid("Password recovery requires an email");
    const email = readEmailAddress(body.email);
    await requestRecovery(auth, email, readRedirect(auth, request), readCaller(auth, request));
    response.json({});
  });

  router.post("/resend", async (request, response) => {
    const input = { ...readResend(request), redirectTo: readRedirect(auth, request) };
    await resendMail(auth, input, readCaller(auth, request));
    response.json({});
  });

  router.post(["/otp", "/magiclink"], async (request, response) => {
    const body = readBody(OtpBody, request);
    refusePkce(body.code_challenge);
    if (body.phone !== "") throw phoneDisabled();
    const input = {
      email: readEmailAddress(body.email),
      data: body.data ?? {},
      canCreateUser: body.create_user ?? true,
      redirectTo: readRedirect(auth, request),
    };
    await requestMagicLink(auth, input, readCaller(auth, request));
    response.json({});
  });

  router.get("/reauthenticate", async (request, response) => {
    const { user } = await requireUser(auth, request);
    await reauthenticate(auth, user, readCaller(auth, request));
    response.json({});
  });

  return router;
}

/** Says at the start that the code of a PKCE flow could not be redeemed. Errors: 400 `validation_failed`. */
export function refusePkce(codeChallenge: string): void {
  if (codeChallenge === "") return;
  throw invalid("The local Supabase has no PKCE flow; create the client with flowType 'implicit'");
}

/** 400 `phone_provider_disabled`. */
export function phoneDisabled(): AuthError {
  return new AuthError(400, "phone_provider_disabled", "Phone logins are disabled");
}

function readResend(request: Request): { type: "signup" | "email_change"; email: string } {
  const { type, email, phone } = readBody(ResendBody, request);
  if (type === "sms" || type === "phone_change") throw phoneDisabled();
  if (type !== "signup" && type !== "email_change") {
    throw invalid("Missing one of these types: signup, email_change, sms, phone_change");
  }
  if (email !== "" && phone !== "") throw invalid("Only an email address or phone number should be provided.");
  if (email === "" && type === "signup") throw invalid("Type provided requires an email address");
  if (email === "") throw invalid("Missing email address or phone number");
  return { type, email: readEmailAddress(email) };
}
