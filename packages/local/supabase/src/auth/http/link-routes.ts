import { Router } from "express";
import { z } from "zod";
import { type LinkInput, type LinkType, generateLink } from "../admin/generate-link.ts";
import { inviteUser } from "../admin/invite-user.ts";
import type { Auth } from "../auth.ts";
import { readEmailAddress } from "../email-address.ts";
import { invalid } from "../errors.ts";
import { allowedRedirect } from "../redirects.ts";
import { readCaller } from "./read-caller.ts";
import { Metadata, Text, readBody, readQuery, readRedirect } from "./read-request.ts";

const LinkBody = z.object({
  type: Text,
  email: Text,
  new_email: Text,
  password: Text,
  data: Metadata,
  redirect_to: Text,
});
const InviteBody = z.object({ email: Text, data: Metadata });
const LINK_TYPES: readonly LinkType[] = [
  "signup",
  "invite",
  "magiclink",
  "recovery",
  "email_change_current",
  "email_change_new",
];

/** `/admin/generate_link` and `/invite`: for the service role only. */
export function linkRoutes(auth: Auth): Router {
  const router = Router();

  router.post("/admin/generate_link", async (request, response) => {
    const body = readBody(LinkBody, request);
    const asked = body.redirect_to || readQuery(request, "redirect_to");
    const input = readLink(body, allowedRedirect(auth.settings, asked, request.header("referer")));
    response.json(await generateLink(auth, input, readCaller(auth, request)));
  });

  router.post("/invite", async (request, response) => {
    const body = readBody(InviteBody, request);
    const email = readEmailAddress(body.email);
    const input = { email, data: body.data ?? {}, redirectTo: readRedirect(auth, request) };
    response.json(await inviteUser(auth, input, readCaller(auth, request)));
  });

  return router;
}

function readLink(body: z.infer<typeof LinkBody>, redirectTo: string): LinkInput {
  const email = readEmailAddress(body.email);
  const type = LINK_TYPES.find((each) => each === body.type);
  if (!type) throw invalid(`Invalid email action link type requested: ${body.type}`);
  const isChange = type === "email_change_current" || type === "email_change_new";
  const newEmail = isChange ? readEmailAddress(body.new_email) : "";
  return { type, email, newEmail, password: body.password, data: body.data ?? {}, redirectTo };
}
