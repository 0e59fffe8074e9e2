import express, { type NextFunction, type Request, type Response, Router } from "express";
import type { Ctx } from "../../context.ts";
import { redeliver } from "../../events/redeliver.ts";
import { isLocal } from "../../http/is-local.ts";
import { getEvent } from "../../resources/events.ts";
import { createPortalSession } from "../../resources/portal-sessions.ts";
import { act, noRequest, type World } from "../../world.ts";
import { sendNotice, sendPage } from "../layout.ts";
import { pageWork, type Answer } from "../page-work.ts";
import { readFields } from "../read-fields.ts";
import { targetOf } from "./clock-move.ts";
import { homePage } from "./home-page.ts";
import { homeLook } from "./home-style.ts";
import { countEvents } from "./last-events.ts";
import { Notices, type Notice } from "./notices.ts";
import { plural } from "./time-text.ts";

/** How long a form waits for the deliveries that it caused, so that the page shows what became of them. */
const settleMs = 1000;

/** The home page `/` and its forms: `/home/clock`, `/home/subscriptions/:id/portal`, `/home/events/:id/send`. */
export function homePages(world: World): Router {
  const router = Router();
  const notices = new Notices();
  router.use("/home", onlyLocal, express.urlencoded({ extended: false, limit: "10kb" }));
  router.get("/", onlyLocal, (request, response) => {
    const notice = notices.take(request.query.notice);
    return act(world, noRequest, (ctx) => show(world, ctx, response, notice))();
  });
  router.post("/home/clock", (request, response) => moveClock(world, notices, request, response));
  router.post("/home/subscriptions/:id/portal", (request, response) =>
    pageWork(
      world,
      (ctx) => openPortal(ctx, request.params.id, response),
      (ctx, message) => refuse(world, ctx, response, "subscriptions", message),
    ),
  );
  router.post("/home/events/:id/send", (request, response) =>
    pageWork(
      world,
      (ctx) => sendAgain(world, notices, ctx, request.params.id, response),
      (ctx, message) => refuse(world, ctx, response, "events", message),
    ),
  );
  return router;
}

/** A form of another page, or another name for this machine, gets no further. */
function onlyLocal(request: Request, response: Response, next: NextFunction): void {
  if (isLocal(request)) next();
  else sendNotice(response, 403, "Not from there", "Only this page and programs of this machine may ask for this.");
}

async function moveClock(world: World, notices: Notices, request: Request, response: Response): Promise<void> {
  const target = targetOf(readFields(request.body), world.clock.now());
  if (target.problem !== undefined) {
    const { problem } = target;
    return act(world, noRequest, (ctx) => refuse(world, ctx, response, "clock", problem))();
  }
  const before = countEvents(world);
  await world.ticker.advance(target.to);
  const count = countEvents(world) - before;
  await deliveriesSettled(world);
  const made = count === 0 ? "Nothing fell due." : `${plural(count, "event")} ${count === 1 ? "was" : "were"} made.`;
  response.redirect(303, notices.leave({ section: "clock", text: `The clock has moved. ${made}`, isProblem: false }));
}

function openPortal(ctx: Ctx, subscriptionId: string, response: Response): Answer {
  const { customer } = ctx.store.get("subscription", subscriptionId);
  const session = createPortalSession(ctx, { customer, return_url: `${ctx.baseUrl}/` });
  return () => response.redirect(303, session.url);
}

function sendAgain(world: World, notices: Notices, ctx: Ctx, eventId: string, response: Response): Answer {
  const { type } = getEvent(ctx, eventId);
  const count = redeliver(ctx, eventId);
  const text =
    count === 0
      ? "There is no webhook endpoint to send it to."
      : `${type} goes out again to ${plural(count, "endpoint")}.`;
  return async () => {
    await deliveriesSettled(world);
    response.redirect(303, notices.leave({ section: "events", text, isProblem: count === 0 }));
  };
}

/** The page with what is wrong. */
function refuse(world: World, ctx: Ctx, response: Response, section: Notice["section"], text: string): Answer {
  return show(world, ctx, response, { section, text, isProblem: true });
}

function show(world: World, ctx: Ctx, response: Response, notice: Notice | null): Answer {
  const page = homePage(world, ctx, notice);
  // A notice that was left for this page tells of a form that was answered already.
  const status = notice?.isProblem === true && response.req.method === "POST" ? 400 : 200;
  return () => sendPage(response, status, "Local Stripe", page, homeLook);
}

/** Resolves when nothing waits for delivery, or after a moment: an endpoint that is down must not hold up the page. */
async function deliveriesSettled(world: World): Promise<void> {
  let timeout: NodeJS.Timeout | undefined;
  const moment = new Promise<void>((resolve) => {
    timeout = setTimeout(resolve, settleMs);
  });
  await Promise.race([world.deliverer.idle(), moment]);
  clearTimeout(timeout);
}
