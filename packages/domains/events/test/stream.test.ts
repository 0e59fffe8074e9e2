import { afterAll, beforeAll, expect, test } from "vitest";
import { createCtx, newId } from "@turnpike/core";
import { createMemoryBus } from "@turnpike/providers";
import { getHub } from "../src/hub.ts";
import type { StreamBed } from "./stream-bed.ts";
import { createStreamBed, garden } from "./stream-bed.ts";

const beginning = "00000000-0000-0000-0000-000000000000";

let bed: StreamBed;
beforeAll(async () => {
  bed = await createStreamBed();
});
afterAll(() => bed.close());

test("a stream begins with what happens after it was opened, flat and typed", async () => {
  const { organizationId } = bed.user;
  const [before] = await bed.plant(organizationId, 1);
  const stream = await bed.open();
  expect(stream.mark).toBe(before);
  const [id] = await bed.plant(organizationId, 2);
  expect(await stream.next()).toEqual({
    id,
    name: "garden.planted",
    occurredAt: expect.any(Date),
    data: { organizationId, tree: 2 },
  });
  stream.leave();
});

test("a stream resumes after an event, and after the mark of one that had told of none", async () => {
  const { organizationId } = bed.user;
  const first = await bed.open();
  first.leave();
  const ids = await bed.plant(organizationId, 10, 11, 12);
  const second = await bed.open({ lastEventId: first.mark });
  expect(await second.trees(3)).toEqual([10, 11, 12]);
  const third = await bed.open({ lastEventId: ids[1] });
  expect(await third.trees(1)).toEqual([12]);
  for (const stream of [second, third]) stream.leave();
});

test("an organization in which nothing has happened yet has a place to resume from", async () => {
  const { actor, organizationId } = await bed.createUser();
  const stream = await bed.open(undefined, actor);
  expect(stream.mark).toBe(beginning);
  stream.leave();
  await bed.plant(organizationId, 1);
  expect(await (await bed.open({ lastEventId: beginning }, actor)).trees(1)).toEqual([1]);
});

test("a long history comes page by page, whole and in order", async () => {
  const { actor, organizationId } = await bed.createUser();
  const trees = Array.from({ length: 350 }, (_, at) => at);
  await bed.plant(organizationId, ...trees);
  const stream = await bed.open({ lastEventId: beginning }, actor);
  expect(await stream.trees(350)).toEqual(trees);
  stream.leave();
});

test("events of another organization are never told, and its ids are no place to begin", async () => {
  const stranger = await bed.createUser();
  const [foreign] = await bed.plant(stranger.organizationId, 66);
  const stream = await bed.open();
  await bed.plant(stranger.organizationId, 67);
  await bed.plant(bed.user.organizationId, 1);
  expect((await stream.next()).data["tree"]).toBe(1);
  stream.leave();
  const refusal = { appCode: "events.last_event_unknown" };
  await expect(bed.open({ lastEventId: foreign })).rejects.toMatchObject({ cause: refusal });
  await expect(bed.open({ lastEventId: newId() })).rejects.toMatchObject({ cause: refusal });
});

test("an id that is none is refused with its field, a visitor and a stranger are refused altogether", async () => {
  await expect(bed.open({ lastEventId: "yesterday" })).rejects.toMatchObject({ code: "BAD_REQUEST" });
  await expect(bed.open(undefined, { type: "anonymous" })).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  const { actor } = await bed.createUser();
  const foreign = bed.open(undefined, actor, { organizationId: bed.user.organizationId });
  await expect(foreign).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test("an API key reads its own organization's events", async () => {
  const key = { type: "apiKey", keyId: "k", organizationId: bed.user.organizationId, scopes: [] } as const;
  const stream = await bed.open(undefined, key);
  await bed.plant(bed.user.organizationId, 5);
  expect(await stream.trees(1)).toEqual([5]);
  stream.leave();
});

test("what the bus loses is found by the check", async () => {
  const { actor, organizationId } = await bed.createUser();
  const stream = await bed.open(undefined, actor);
  const next = stream.trees(1);
  const elsewhere = createCtx({ ...bed.deps, bus: createMemoryBus(() => undefined) }, actor, { requestId: newId() });
  await elsewhere.tx((tx) => tx.emit(garden.planted, { organizationId, tree: 9 }));
  expect(await getHub(bed.ctxOf(actor)).check()).toBe(true);
  expect(await next).toEqual([9]);
  stream.leave();
});

test("somebody with too many streams is told so, and one that was left makes room", async () => {
  const { actor } = await bed.createUser();
  const streams = await Promise.all(Array.from({ length: 20 }, () => bed.open(undefined, actor)));
  await expect(bed.open(undefined, actor)).rejects.toMatchObject({ cause: { appCode: "events.too_many_streams" } });
  streams[0]?.leave();
  (await bed.open(undefined, actor)).leave();
  for (const stream of streams) stream.leave();
});

test("streams that were left are held by nobody", async () => {
  const hub = getHub(bed.ctxOf(bed.user.actor));
  const before = hub.size();
  const stream = await bed.open();
  expect(hub.size()).toBe(before + 1);
  stream.leave();
  expect(hub.size()).toBe(before);
});
