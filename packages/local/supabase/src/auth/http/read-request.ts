import type { Request } from "express";
import { z } from "zod";
import type { Auth } from "../auth.ts";
import { AuthError, invalid } from "../errors.ts";
import { allowedRedirect } from "../redirects.ts";

const MAX_DEPTH = 100;

/** A text field: absent and null read as "", as in GoTrue. */
export const Text = z
  .string()
  .nullish()
  .transform((value) => value ?? "");

/** A metadata field: absent and null read as null. */
export const Metadata = z
  .record(z.string(), z.unknown())
  .nullish()
  .transform((value) => value ?? null);

/** Reads the JSON body. Errors: 400 `bad_json` when it is not JSON or a field has the wrong type. */
export function readBody<Schema extends z.ZodType>(schema: Schema, request: Request): z.infer<Schema> {
  const parsed = schema.safeParse(parseJson(request.body));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = issue && issue.path.length > 0 ? `field ${issue.path.join(".")}: ` : "";
  throw new AuthError(
    400,
    "bad_json",
    `Could not parse request body as JSON: ${where}${issue?.message ?? "wrong shape"}`,
  );
}

/** {@link readBody} for requests whose body is optional. */
export function readOptionalBody<Schema extends z.ZodType>(schema: Schema, request: Request): z.infer<Schema> {
  if (typeof request.body === "string" && request.body !== "") return readBody(schema, request);
  return schema.parse({});
}

function parseJson(body: unknown): unknown {
  const text = typeof body === "string" ? body : "";
  if (isTooDeep(text)) throw new AuthError(400, "bad_json", "Could not parse request body as JSON: nested too deeply");
  try {
    return JSON.parse(text, refuseUnstorable);
  } catch (error) {
    if (error instanceof AuthError) throw error;
    throw new AuthError(400, "bad_json", "Could not parse request body as JSON: not a JSON document");
  }
}

/** PostgreSQL gives up on jsonb of some thousand levels; nobody's metadata has that many. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/g)) {
    if (token === "[" || token === "{") depth += 1;
    if (token === "]" || token === "}") depth -= 1;
    if (depth > MAX_DEPTH) return true;
  }
  return false;
}

/** PostgreSQL stores neither NUL nor half a surrogate pair; without this the insert would fail as our own fault. */
function refuseUnstorable(key: string, value: unknown): unknown {
  const texts = typeof value === "string" ? [key, value] : [key];
  if (texts.some((text) => text.includes("\0") || !text.isWellFormed())) {
    throw invalid("Text must be valid Unicode without the NUL character");
  }
  return value;
}

/** One value of the query string; of a repeated one the first. */
export function readQuery(request: Request, name: string): string | undefined {
  const [, ...query] = request.url.split("?");
  return new URLSearchParams(query.join("?")).get(name) ?? undefined;
}

/** Where the links of this request's mails lead: `redirect_to`, else the referring page, else the site. */
export function readRedirect(auth: Auth, request: Request): string {
  return allowedRedirect(auth.settings, readQuery(request, "redirect_to"), request.header("referer"));
}
