import { z } from "zod";
import auth, { findEndedCallers } from "@turnpike/auth";
import type { Actor, Deps, RequestInfo } from "@turnpike/core";
import { createCallerFactory, defineEvents } from "@turnpike/core";
import organizations, { findOrganization } from "@turnpike/organizations";
import type { TestApp, TestUser } from "@turnpike/testing";
import { createTestApp } from "@turnpike/testing";
import events from "../src/index.ts";
import { StreamedEvent } from "../src/models.ts";
import type { StreamInput } from "../src/models.ts";

/** Events of a module that is not ours. */
export const garden = defineEvents("garden", { planted: z.object({ organizationId: z.uuid(), tree: z.number() }) });

// In-process a caller gets the server's form of an item; its type speaks of the client's.
const Item = z.tuple([z.string(), StreamedEvent.nullable()], z.unknown());

const createCaller = createCallerFactory(events.router);

/** An open stream that a test reads item by item. */
export interface OpenedStream {
  /** The place that it began at. */
  mark: string;
  /** The next event. Rejects when the stream is cut. */
  next(): Promise<StreamedEvent>;
  /** The numbers of the next trees. */
  trees(count: number): Promise<unknown[]>;
  /** How it ends, where it tells nothing more: "AbortError" when it was cut. */
  end(): Promise<unknown>;
  /** Goes away, as a closed connection does. */
  leave(): void;
}

/** The module with the two that it stands on, and somebody to read. */
export interface StreamBed extends TestApp {
  user: TestUser;
  /** Each time that it was asked who may not go on: as whom, and about which actors. Noted when the answer was there. */
  asked: { as: Actor; about: Actor[] }[];
  open(input?: StreamInput, actor?: Actor, request?: Partial<RequestInfo>): Promise<OpenedStream>;
  /** Emits in one transaction. */
  plant(organizationId: string, ...trees: number[]): Promise<string[]>;
}

/** Starts it on a database of its own. */
export async function createStreamBed(): Promise<StreamBed> {
  const asked: StreamBed["asked"] = [];
  const noting: Deps["findEndedCallers"] = async (ctx, callers) => {
    const ended = await findEndedCallers(ctx, callers);
    asked.push({ as: ctx.actor, about: callers.map(({ actor }) => actor) });
    return ended;
  };
  const modules = [events, auth, organizations];
  const app = await createTestApp({ modules, findOrganization, findEndedCallers: noting });
  await events.start(app.ctxOf({ type: "system", job: "events.start" }));
  const user = await app.createUser();
  return {
    ...app,
    user,
    asked,
    async open(input, actor = user.actor, request = {}) {
      const leaving = new AbortController();
      const caller = createCaller(app.ctxOf(actor, request), { signal: leaving.signal });
      const items = (await caller.stream(input))[Symbol.asyncIterator]();
      const item = async () => Item.parse((await items.next()).value);
      const [mark, nothing] = await item();
      if (nothing !== null) throw new Error("a stream begins with a mark");
      const next = async (): Promise<StreamedEvent> => StreamedEvent.parse((await item())[1]);
      return {
        mark,
        next,
        async trees(count) {
          const found: unknown[] = [];
          while (found.length < count) found.push((await next()).data["tree"]);
          return found;
        },
        end: () => next().catch((error: unknown) => (error instanceof Error ? error.name : error)),
        leave: () => leaving.abort(),
      };
    },
    plant: (organizationId, ...trees) =>
      app.ctxOf({ type: "system", job: "test" }).tx(async (tx) => {
        const ids: string[] = [];
        for (const tree of trees) ids.push(await tx.emit(garden.planted, { organizationId, tree }));
        return ids;
      }),
  };
}
