import { type Request, Router } from "express";
import { z } from "zod";
import { deleteUser } from "../admin/delete-user.ts";
import { listUsers } from "../admin/list-users.ts";
import { adminCreateUser, adminUpdateUser } from "../admin/save-user.ts";
import type { Auth } from "../auth.ts";
import type { User } from "../database.ts";
import { AuthError, invalid } from "../errors.ts";
import { userJson } from "../user-json.ts";
import { AUDIENCE, findUserById } from "../users.ts";
import { readAdminUser } from "./read-admin-user.ts";
import { isUuid, readCaller, requireServiceRole } from "./read-caller.ts";
import { readOptionalBody, readQuery } from "./read-request.ts";

const DeleteBody = z.object({ should_soft_delete: z.boolean().nullish() });
const DEFAULT_PER_PAGE = 50;

/** `/admin/users`: for the service role only. */
export function adminUserRoutes(auth: Auth): Router {
  const router = Router();

  router.post("/", async (request, response) => {
    const input = readAdminUser(request);
    const { email } = input;
    if (email === null) throw invalid("Cannot create a user without either an email or phone");
    response.json(await adminCreateUser(auth, { ...input, email }, readCaller(auth, request)));
  });

  router.get("/", async (request, response) => {
    const page = readCount(request, "page", 1);
    const perPage = readCount(request, "per_page", DEFAULT_PER_PAGE);
    const { users, total } = await listUsers(auth, { page, perPage, filter: readQuery(request, "filter") ?? "" });
    response.set("X-Total-Count", total.toString());
    response.set("Link", pageLinks(auth, { page, perPage, total }));
    response.json({ users, aud: AUDIENCE });
  });

  router.get("/:id", async (request, response) => {
    response.json(await userJson(auth.db, await loadUser(auth, request)));
  });

  router.put("/:id", async (request, response) => {
    const user = await loadUser(auth, request);
    response.json(await adminUpdateUser(auth, user, readAdminUser(request), readCaller(auth, request)));
  });

  router.delete("/:id", async (request, response) => {
    const user = await loadUser(auth, request);
    const isSoft = readOptionalBody(DeleteBody, request).should_soft_delete ?? false;
    await deleteUser(auth, user, isSoft, readCaller(auth, request));
    response.json({});
  });

  return router;
}

/** Guards every route of the service role, before it is even known whether the route exists. */
export function adminGate(auth: Auth): Router {
  const router = Router();
  router.use(["/admin", "/invite"], async (request, _response, next) => {
    await requireServiceRole(auth, request);
    next();
  });
  return router;
}

async function loadUser(auth: Auth, request: Request): Promise<User> {
  const id = z.string().parse(request.params["id"]);
  if (!isUuid(id)) throw new AuthError(404, "validation_failed", "user_id must be an UUID");
  const user = await findUserById(auth.db, id);
  if (!user) throw new AuthError(404, "user_not_found", "User not found");
  return user;
}

function readCount(request: Request, name: string, fallback: number): number {
  const text = readQuery(request, name) || fallback.toString();
  const count = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(count >= 1)) throw invalid(`Bad Pagination Parameters: ${name} must be a positive number`);
  return count;
}

/** supabase-js reads the number after the first `=`, so `page` comes first. Source: RFC 8288. */
function pageLinks(auth: Auth, { page, perPage, total }: { page: number; perPage: number; total: number }): string {
  const lastPage = Math.max(1, Math.ceil(total / perPage));
  const link = (to: number, rel: string) => `<${auth.issuer}/admin/users?page=${to}&per_page=${perPage}>; rel="${rel}"`;
  const last = link(lastPage, "last");
  return page < lastPage ? `${link(page + 1, "next")}, ${last}` : last;
}
