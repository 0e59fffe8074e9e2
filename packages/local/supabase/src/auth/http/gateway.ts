import { timingSafeEqual } from "node:crypto";
import type { RequestHandler } from "express";
import type { Keys } from "../../keys.ts";
import { readQuery } from "./read-request.ts";

const METHODS = "GET,POST,PUT,PATCH,DELETE,OPTIONS";
const HEADERS =
  "accept, authorization, apikey, content-type, x-client-info, x-client-ip, x-jwt-aud, x-use-cookie, x-supabase-api-version, x-upsert, cache-control";
const EXPOSED = "x-total-count, link, x-supabase-api-version, x-sb-error-code";

/** Lets browsers of any origin call, as Supabase does: the tokens, not cookies, say who calls. */
export const allowCors: RequestHandler = (request, response, next) => {
  response.set({ "Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": EXPOSED });
  if (request.method !== "OPTIONS") {
    next();
    return;
  }
  response
    .set({
      "Access-Control-Allow-Methods": METHODS,
      "Access-Control-Allow-Headers": HEADERS,
      "Access-Control-Max-Age": "3600",
    })
    .sendStatus(204);
};

/** Asks for the anon or the service key in `apikey` (header or query), as Supabase's gateway does. */
export function requireApiKey(keys: Keys): RequestHandler {
  const known = [keys.anonKey, keys.serviceKey].map((key) => Buffer.from(key));
  return (request, response, next) => {
    const given = request.header("apikey") ?? readQuery(request, "apikey");
    if (given === undefined) {
      const hint = "No `apikey` request header or url param was found.";
      response.status(401).json({ message: "No API key found in request", hint });
      return;
    }
    const bytes = Buffer.from(given);
    if (!known.some((key) => key.length === bytes.length && timingSafeEqual(key, bytes))) {
      const hint = "Double check your Supabase `anon` or `service_role` API key.";
      response.status(401).json({ message: "Invalid API key", hint });
      return;
    }
    next();
  };
}
