import { sql } from "kysely";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import auth from "@turnpike/auth";
import type { SessionActor } from "@turnpike/core";
import { getHub } from "../src/hub.ts";
import type { StreamBed } from "./stream-bed.ts";
import { createStreamBed } from "./stream-bed.ts";

let bed: StreamBed;
beforeAll(async () => {
  bed = await createStreamBed();
});
afterAll(() => bed.close());

/** The beat of a process that had no stream comes no sooner. */
const firstCheckMs = 10_000;

/** How a connection is closed so that the client comes again. */
const cut = "AbortError";

const endSession = ({ sessionId }: SessionActor) =>
  sql`delete from auth.sessions where id = ${sessionId}`.execute(bed.owner);

test("a session that ended at Supabase ends its streams at the next check, and no other's", async () => {
  const { actor } = await bed.createUser();
  const [own, other] = [await bed.open(undefined, actor), await bed.open()];
  const ended = own.end();
  await endSession(actor);
  expect(await getHub(bed.ctxOf(actor)).check()).toBe(true);
  expect(await ended).toBe(cut);
  await bed.plant(bed.user.organizationId, 1);
  expect(await other.trees(1)).toEqual([1]);
  other.leave();
});

test("a new stream is asked about by itself, and whoever asks is nobody's session", async () => {
  const [first, second] = [await bed.createUser(), await bed.createUser()];
  const before = bed.asked.length;
  const streams = [await bed.open(undefined, first.actor), await bed.open(undefined, second.actor)];
  await vi.waitFor(() => expect(bed.asked).toHaveLength(before + 2));
  const as = { type: "system", job: "events.start" };
  expect(bed.asked.slice(before)).toEqual([
    { as, about: [first.actor] },
    { as, about: [second.actor] },
  ]);
  for (const stream of streams) stream.leave();
});

test("a session that was over before its stream began ends it without waiting for a check", async () => {
  const { actor } = await bed.createUser();
  await endSession(actor);
  const openedAt = performance.now();
  expect(await (await bed.open(undefined, actor)).end()).toBe(cut);
  expect(performance.now() - openedAt).toBeLessThan(firstCheckMs);
});

test("a sign-out that the bus tells of ends the streams of that session without waiting for a check", async () => {
  expect(getHub(bed.ctxOf(bed.user.actor)).size()).toBe(0);
  const { actor } = await bed.createUser();
  const [before, openedAt] = [bed.asked.length, performance.now()];
  const stream = await bed.open(undefined, actor);
  await vi.waitFor(() => expect(bed.asked).toHaveLength(before + 1));
  await endSession(actor);
  const { signed_out: signedOut } = auth.events;
  await bed
    .ctxOf(actor)
    .tx((tx) => tx.emit(signedOut, { userId: actor.userId, sessionId: actor.sessionId, scope: "this" }));
  expect(await stream.end()).toBe(cut);
  expect(performance.now() - openedAt).toBeLessThan(firstCheckMs);
});

test("a member who was removed and an organization that was deleted end their streams", async () => {
  const [removed, deleted] = [await bed.createUser(), await bed.createUser()];
  const streams = [await bed.open(undefined, removed.actor), await bed.open(undefined, deleted.actor)];
  const ends = streams.map((stream) => stream.end());
  await bed.owner.deleteFrom("organization_members").where("user_id", "=", removed.userId).execute();
  await bed.owner.deleteFrom("organizations").where("id", "=", deleted.organizationId).execute();
  await getHub(bed.ctxOf(removed.actor)).check();
  expect(await Promise.all(ends)).toEqual([cut, cut]);
});

test("an API key whose organization was deleted hears no more of it", async () => {
  const { organizationId } = await bed.createUser();
  const key = { type: "apiKey", keyId: "k", organizationId, scopes: [] } as const;
  const stream = await bed.open(undefined, key);
  const ended = stream.end();
  await bed.owner.deleteFrom("organizations").where("id", "=", organizationId).execute();
  await getHub(bed.ctxOf(key)).check();
  expect(await ended).toBe(cut);
});

test("a stream ends when its token runs out", async () => {
  const expiresAt = new Date(Date.now() + 50);
  const stream = await bed.open(undefined, { ...bed.user.actor, expiresAt });
  expect(await stream.end()).toBe(cut);
  expect(Date.now()).toBeGreaterThanOrEqual(expiresAt.getTime());
});

test("what was not read yet is not told after the end", async () => {
  const { actor, organizationId } = await bed.createUser();
  const stream = await bed.open(undefined, actor);
  await bed.plant(organizationId, 1, 2, 3);
  expect(await stream.trees(1)).toEqual([1]);
  await endSession(actor);
  await getHub(bed.ctxOf(actor)).check();
  expect(await stream.end()).toBe(cut);
});
