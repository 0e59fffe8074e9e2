import express, { type Request, type Response, Router } from "express";
import { apiVersion } from "../events/record.ts";
import { newId } from "../ids.ts";
import { StripeError, errorBody } from "../stripe-error.ts";
import { act, type World } from "../world.ts";
import { authenticate } from "./authenticate.ts";
import { expandAnswer } from "./expand.ts";
import { parseForm } from "./form.ts";
import { findKept, fingerprintOf, keepAnswer, type KeptAnswer } from "./idempotency.ts";
import { playFault } from "./play-fault.ts";
import type { Route } from "./route.ts";

/** The API under `/v1`: authentication, idempotency keys, faults, parameters, one transaction, expansion, Stripe's error shapes. */
export function apiRouter(world: World, routes: readonly Route[]): Router {
  const router = Router();
  const busyKeys = new Set<string>();
  router.use(express.text({ type: () => true, limit: "1mb" }));
  for (const route of routes) {
    const handler = (request: Request, response: Response): Promise<void> =>
      answer(world, route, busyKeys, request, response);
    if (route.method === "GET") router.get(route.path, handler);
    if (route.method === "POST") router.post(route.path, handler);
    if (route.method === "DELETE") router.delete(route.path, handler);
  }
  router.use("/v1", (request, response) => {
    const message = `Unrecognized request URL (${request.method}: ${request.originalUrl.split("?")[0]}). Please see https://stripe.com/docs or we can help at https://support.stripe.com/.`;
    send(response, { ...failed(new StripeError(404, "invalid_request_error", message), newId("req")) });
  });
  return router;
}

async function answer(
  world: World,
  route: Route,
  busyKeys: Set<string>,
  request: Request,
  response: Response,
): Promise<void> {
  const requestId = newId("req");
  const key = route.method === "POST" ? request.get("idempotency-key") : undefined;
  const version = request.get("stripe-version");
  if (version !== undefined && version !== apiVersion) {
    response.set("stripe-version-warning", `asked for ${version}; this server speaks ${apiVersion}`);
  }
  try {
    authenticate(request.get("authorization"), world.secretKey);
    if (key !== undefined) claimKey(busyKeys, key);
    try {
      const fault = await playFault(world.faults.take(`${route.method} ${route.path}`), response);
      if (fault === "answered") return;
      const result = perform(world, route, request, requestId, key);
      if (fault === "drop") response.socket?.destroy();
      else send(response, result);
    } finally {
      if (key !== undefined) busyKeys.delete(key);
    }
  } catch (error) {
    if (!(error instanceof StripeError)) throw error;
    send(response, failed(error, requestId));
  }
}

function claimKey(busyKeys: Set<string>, key: string): void {
  if (key.length > 255) {
    throw new StripeError(400, "idempotency_error", "Idempotency keys may have at most 255 characters.");
  }
  if (busyKeys.has(key)) {
    throw new StripeError(
      409,
      "idempotency_error",
      `There is currently another in-progress request using this Idempotent Key: ${key}.`,
      {
        code: "idempotency_key_in_use",
      },
    );
  }
  busyKeys.add(key);
}

function perform(
  world: World,
  route: Route,
  request: Request,
  requestId: string,
  key: string | undefined,
): KeptAnswer & { replayed?: true } {
  const query = request.originalUrl.split("?")[1] ?? "";
  const body: unknown = request.body;
  const text = typeof body === "string" && body !== "" ? body : query;
  const fingerprint = fingerprintOf(route.method, request.path, text);
  if (key !== undefined) {
    const kept = findKept(world.store, key, fingerprint);
    if (kept !== null) return { ...kept, replayed: true };
  }
  const prepared = route.prepare(parseForm(text));
  const id = typeof request.params.id === "string" ? request.params.id : "";
  const cause = { id: requestId, idempotency_key: key ?? null };
  try {
    return act(world, cause, (ctx) => {
      const value = expandAnswer(ctx, prepared.run(ctx, id), prepared.expand);
      const done = { status: 200, body: JSON.stringify(value, null, 2), requestId };
      if (key !== undefined) keepAnswer(world.store, key, fingerprint, done);
      return done;
    });
  } catch (error) {
    if (!(error instanceof StripeError)) throw error;
    const done = failed(error, requestId);
    if (key !== undefined) keepAnswer(world.store, key, fingerprint, done);
    return done;
  }
}

function failed(error: StripeError, requestId: string): KeptAnswer {
  return { status: error.status, body: JSON.stringify(errorBody(error, requestId), null, 2), requestId };
}

function send(response: Response, answered: KeptAnswer & { replayed?: true }): void {
  if (answered.replayed) response.set("idempotent-replayed", "true").set("original-request", answered.requestId);
  response
    .status(answered.status)
    .set("request-id", answered.requestId)
    .set("stripe-version", apiVersion)
    .type("application/json")
    .send(answered.body);
}
