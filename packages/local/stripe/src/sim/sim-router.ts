import express, { type NextFunction, type Request, type Response, Router } from "express";
import { z } from "zod";
import { redeliver } from "../events/redeliver.ts";
import { isLocal } from "../http/is-local.ts";
import { compact } from "../resources/shapes.ts";
import { StripeError } from "../stripe-error.ts";
import { act, noRequest, type World } from "../world.ts";
import { dump, listDeliveries, reset } from "./contents.ts";
import { Fault } from "./faults.ts";
import { Settings, readSettings, writeSettings } from "./settings.ts";

const ClockMove = z.union([
  z.strictObject({
    advanceSec: z
      .number()
      .positive()
      .max(400 * 86_400 * 10),
  }),
  z.strictObject({ to: z.iso.datetime({ offset: true }) }),
]);
const SettingsChange = z.strictObject({
  dunning: Settings.shape.dunning.partial().optional(),
  draftSec: Settings.shape.draftSec.optional(),
});

/** `/_sim`: what Stripe has no API for. JSON in, JSON out; answers 400 with zod's issues for a malformed body. */
export function simRouter(world: World): Router {
  const router = Router();
  router.use(onlyLocalPrograms, express.json({ limit: "100kb" }));
  clockRoutes(world, router);
  deliveryRoutes(world, router);
  faultRoutes(world, router);
  router.get("/settings", (_request, response) => void response.json(readSettings(world.store)));
  router.post("/settings", (request, response) => {
    const change = parse(SettingsChange, request.body);
    const before = readSettings(world.store);
    const after = {
      ...before,
      dunning: { ...before.dunning, ...compact(change.dunning ?? {}) },
      draftSec: change.draftSec ?? before.draftSec,
    };
    writeSettings(world.store, Settings.parse(after));
    response.json(after);
  });
  router.get("/dump", (_request, response) => void response.json(dump(world)));
  router.post("/reset", (_request, response) => {
    reset(world);
    response.json({ reset: true });
  });
  router.use(
    (_request: Request, response: Response) => void response.status(404).json({ error: "no such /_sim route" }),
  );
  router.use(answerError);
  return router;
}

function clockRoutes(world: World, router: Router): void {
  const read = () => ({ now: world.clock.now().toISOString(), offsetMs: world.clock.offsetMs });
  router.get("/clock", (_request, response) => void response.json(read()));
  router.post("/clock", async (request, response) => {
    const move = parse(ClockMove, request.body);
    const to = "to" in move ? new Date(move.to) : new Date(world.clock.now().getTime() + move.advanceSec * 1000);
    if (to < world.clock.now()) {
      response.status(400).json({ error: `time does not run backwards; it is ${world.clock.now().toISOString()}` });
      return;
    }
    await world.ticker.advance(to);
    response.json(read());
  });
  router.get("/clock/stream", (_request, response) => {
    response.set({ "content-type": "application/x-ndjson", "cache-control": "no-store" });
    const write = (offsetMs: number): void => void response.write(`${JSON.stringify({ offsetMs })}\n`);
    write(world.clock.offsetMs);
    response.on("close", world.clock.listen(write));
  });
}

function deliveryRoutes(world: World, router: Router): void {
  router.get("/deliveries", (_request, response) => void response.json({ deliveries: listDeliveries(world) }));
  router.post("/deliveries/retry", (_request, response) => {
    const { changes } = world.store.database
      .prepare("UPDATE deliveries SET next_at_ms = 0 WHERE status = 'pending'")
      .run();
    world.deliverer.wake();
    response.json({ hurried: changes });
  });
  router.post("/delivery", (request, response) => {
    const change = compact(parse(Settings.shape.delivery.partial(), request.body));
    const before = readSettings(world.store);
    const after = { ...before, delivery: { ...before.delivery, ...change } };
    writeSettings(world.store, after);
    world.deliverer.wake();
    response.json(after.delivery);
  });
  router.post("/events/:id/redeliver", (request, response) => {
    const count = act(world, noRequest, (ctx) => redeliver(ctx, request.params.id));
    response.json({ queued: count });
  });
}

function faultRoutes(world: World, router: Router): void {
  router.get("/faults", (_request, response) => void response.json({ faults: world.faults.list() }));
  router.post("/faults", (request, response) => {
    world.faults.add(parse(Fault, request.body));
    response.json({ faults: world.faults.list() });
  });
  router.delete("/faults", (_request, response) => {
    world.faults.clear();
    response.json({ faults: [] });
  });
}

/** A web page must not drive this: it cannot send JSON across origins unasked, and says where it is from. */
function onlyLocalPrograms(request: Request, response: Response, next: NextFunction): void {
  const hasBody =
    request.method === "POST" && request.get("content-length") !== undefined && request.get("content-length") !== "0";
  if (!isLocal(request) || (hasBody && request.is("application/json") === false)) {
    response.status(403).json({ error: "/_sim takes application/json from this machine only" });
    return;
  }
  next();
}

function parse<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  return schema.parse(body ?? {});
}

function answerError(error: unknown, _request: Request, response: Response, next: NextFunction): void {
  if (error instanceof z.ZodError) response.status(400).json({ error: "invalid body", issues: error.issues });
  else if (error instanceof StripeError) response.status(error.status).json({ error: error.message });
  else next(error);
}
