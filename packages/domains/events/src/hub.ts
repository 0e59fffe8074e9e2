import { z } from "zod";
import type { Actor, Ctx, EventBus, OrganizationCtx } from "@turnpike/core";
import { coreErrors, eventsChannel } from "@turnpike/core";
import { createSpotCheck, createStreamCheck } from "./check-streams.ts";
import { errors } from "./errors.ts";
import { createLiveStream } from "./live-stream.ts";
import type { LiveStream } from "./live-stream.ts";
import { createPulse } from "./pulse.ts";
import { createStreamSet } from "./stream-set.ts";
import type { StreamSet } from "./stream-set.ts";

/** The streams of one process: who they are, what wakes them, what ends them. */
export interface Hub {
  /**
   * Takes in a stream until it is cut. Resolves when the bus is heard.
   * Errors: events.too_many_streams; core.unavailable when the process holds as many as it can.
   */
  admit(ctx: OrganizationCtx): Promise<LiveStream>;
  /** Asks what the bus may not have told: new events, and who may not go on. Runs by itself; false when it failed. */
  check(): Promise<boolean>;
  /** How many streams are open: until their connection is closed, also those that were cut and are not read to their end. */
  size(): number;
}

const maxPerActor = 20;
/** A stream holds 100 to 200 kB. */
const maxPerProcess = 2000;
/** So that streams spread over new instances, and none outlives what nobody thought of. */
const maxAgeMs = 60 * 60_000;

const Message = z.object({ name: z.string(), organizationId: z.string().nullable() });

// Asked about at once; whatever else ends a stream is found by the next check.
const endsSessions = new Set(["auth.signed_out", "auth.password_reset"]);
const mayEndPlaces = (name: string): boolean => name.startsWith("organizations.");

const hubs = new WeakMap<EventBus, Hub>();

/** Makes the hub of this process. `ctx` is our own and of no request: the streams' checks run under it from then on. */
export async function startHub(ctx: Ctx): Promise<void> {
  hubs.set(ctx.bus, createHub(ctx.system("live streams")));
}

/** The hub of the process that a context belongs to; undefined before it has started. */
export function findHub(ctx: Ctx): Hub | undefined {
  return hubs.get(ctx.bus);
}

/** The hub of the process that a context belongs to. */
export function getHub(ctx: Ctx): Hub {
  const hub = findHub(ctx);
  if (!hub) throw new Error("the module events was not started");
  return hub;
}

/** Makes a hub. It listens and checks while it has streams, and rests while it has none. */
function createHub(ctx: Ctx): Hub {
  const [streams, open] = [createStreamSet(), createStreamSet()];
  const check = createStreamCheck(ctx, streams);
  const pulse = createPulse({
    check,
    listen: () => ctx.bus.subscribe(eventsChannel, hear),
    onDeaf: (error) => ctx.log.warn("events.bus_not_heard", { error }),
  });
  const askAbout = createSpotCheck(ctx, () => pulse.hurry());

  function hear(raw: unknown): void {
    const message = Message.safeParse(raw).data;
    if (!message) return;
    if (endsSessions.has(message.name)) pulse.hurry();
    if (message.organizationId === null) return;
    const concerned = [...streams.ofOrganization(message.organizationId)];
    if (mayEndPlaces(message.name)) askAbout(concerned);
    for (const stream of concerned) stream.ring();
  }

  return {
    async admit(caller) {
      requireRoom(open, caller.actor);
      const stream = createLiveStream(caller);
      open.add(stream);
      stream.closed.addEventListener("abort", () => open.delete(stream), { once: true });
      holdUntilCut(stream, streams, () => pulse.stop());
      await pulse.start();
      // What is known of its session may be a minute old.
      askAbout([stream]);
      return stream;
    },
    check,
    size: () => open.size(),
  };
}

function holdUntilCut(stream: LiveStream, streams: StreamSet, onLast: () => void): void {
  streams.add(stream);
  const timer = endAtItsTime(stream);
  const release = (): void => {
    clearTimeout(timer);
    streams.delete(stream);
    if (streams.size() === 0) onLast();
  };
  stream.signal.addEventListener("abort", release, { once: true });
}

function requireRoom(held: StreamSet, actor: Actor): void {
  if (held.size() >= maxPerProcess) throw coreErrors.unavailable({ what: "streams" }, { retryAfterSec: 5 });
  const open = held.countOf(actor);
  if (open >= maxPerActor) throw errors.too_many_streams({ open });
}

function endAtItsTime(stream: LiveStream): NodeJS.Timeout {
  const ageMs = maxAgeMs * (0.5 + Math.random() / 2);
  const { actor } = stream;
  const expiresAt = actor.type === "user" || actor.type === "operator" ? actor.expiresAt : undefined;
  const tokenMs = expiresAt ? Math.max(0, expiresAt.getTime() - Date.now()) : Number.POSITIVE_INFINITY;
  const end = (): void => stream.cut(tokenMs <= ageMs ? "token_expired" : "old");
  return setTimeout(end, Math.min(tokenMs, ageMs)).unref();
}
