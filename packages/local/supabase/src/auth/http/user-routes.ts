import { Router } from "express";
import type { Auth } from "../auth.ts";
import { userJson } from "../user-json.ts";
import { requireUser } from "./read-caller.ts";

/** Routes of the signed-in user. */
export function userRoutes(auth: Auth): Router {
  const router = Router();

  router.get("/user", async (request, response) => {
    const { user } = await requireUser(auth, request);
    response.json(await userJson(auth.db, user));
  });

  return router;
}
