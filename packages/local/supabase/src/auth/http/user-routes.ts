import { type Request, Router } from "express";
import { z } from "zod";
import { audit } from "../audit.ts";
import type { Auth } from "../auth.ts";
import { readEmailAddress } from "../email-address.ts";
import { AuthError, invalid } from "../errors.ts";
import { type SessionScope, endSessions } from "../sessions.ts";
import { type UserChanges, updateUser } from "../update-user.ts";
import { userJson } from "../user-json.ts";
import { phoneDisabled, refusePkce } from "./mail-routes.ts";
import { readCaller, requireUser } from "./read-caller.ts";
import { Metadata, Text, readBody, readQuery, readRedirect } from "./read-request.ts";

const UserBody = z.object({
  email: Text,
  phone: Text,
  password: Text,
  nonce: Text,
  data: Metadata,
  app_metadata: Metadata,
  code_challenge: Text,
});
const SCOPES: readonly SessionScope[] = ["global", "local", "others"];

/** Routes of the signed-in user. */
export function userRoutes(auth: Auth): Router {
  const router = Router();

  router.get("/user", async (request, response) => {
    const { user } = await requireUser(auth, request);
    response.json(await userJson(auth.db, user));
  });

  router.put("/user", async (request, response) => {
    const signedIn = await requireUser(auth, request);
    const changes = readChanges(auth, request);
    response.json(await updateUser(auth, signedIn, changes, readCaller(auth, request)));
  });

  router.post("/logout", async (request, response) => {
    const { user, session } = await requireUser(auth, request);
    const scope = readScope(request);
    const caller = readCaller(auth, request);
    await auth.db.transaction().execute(async (trx) => {
      await audit(auth, trx, caller, user, "logout");
      await endSessions(trx, user.id, scope, session?.id ?? null);
    });
    response.sendStatus(204);
  });

  return router;
}

function readChanges(auth: Auth, request: Request): UserChanges {
  const body = readBody(UserBody, request);
  refusePkce(body.code_challenge);
  if (body.phone !== "") throw phoneDisabled();
  if (body.app_metadata !== null) {
    throw new AuthError(403, "not_admin", "Updating app_metadata requires admin privileges");
  }
  return {
    email: body.email === "" ? null : readEmailAddress(body.email),
    password: body.password === "" ? null : body.password,
    nonce: body.nonce,
    data: body.data,
    redirectTo: readRedirect(auth, request),
  };
}

function readScope(request: Request): SessionScope {
  const wanted = readQuery(request, "scope") || "global";
  const scope = SCOPES.find((each) => each === wanted);
  if (!scope) throw invalid(`Unsupported logout scope "${wanted}"`);
  return scope;
}
