import { expect, test } from "vitest";
import { createGroupCommit } from "../src/group-commit.ts";
import type { GroupLimits } from "../src/group-commit.ts";
import { createGate } from "./mirror-bed.ts";

const wide: GroupLimits = { batchItems: 100, batchBytes: 1000, heldItems: 1000, heldBytes: 10_000 };
const anyFault = { isItemFault: () => true, sizeBytesOf: (item: string) => item.length };

/** A write that is held until the gate opens, and what was written in each go. */
function heldWrites() {
  const gate = createGate();
  const started = createGate();
  const batches: string[][] = [];
  const write = async (items: readonly string[]) => {
    batches.push([...items]);
    started.open();
    await gate.opened;
    return new Set(items);
  };
  return { write, batches, started: started.opened, open: gate.open };
}

test("a lone item is written at once and alone", async () => {
  const { write, batches, open } = heldWrites();
  open();
  expect(await createGroupCommit({ ...anyFault, write, limits: wide }).add("a")).toBe(true);
  expect(batches).toEqual([["a"]]);
});

test("what comes while a write is on its way goes together in the next one, in its order", async () => {
  const { write, batches, started, open } = heldWrites();
  const group = createGroupCommit({ ...anyFault, write, limits: wide });
  const first = group.add("a");
  await started;
  const others = ["b", "c", "d"].map((item) => group.add(item));
  open();
  expect(await Promise.all([first, ...others])).toEqual([true, true, true, true]);
  expect(batches).toEqual([["a"], ["b", "c", "d"]]);
});

test("a write takes no more items and bytes than it may, but a large item still goes alone", async () => {
  const { write, batches, open } = heldWrites();
  open();
  const limits = { ...wide, batchItems: 2, batchBytes: 10 };
  const group = createGroupCommit({ ...anyFault, write, limits });
  await Promise.all(["a", "b", "c", "123456", "12345", "x".repeat(50), "d"].map((item) => group.add(item)));
  expect(batches).toEqual([["a", "b"], ["c", "123456"], ["12345"], ["x".repeat(50)], ["d"]]);
});

test("beyond the items or bytes that may be held an item is refused at once, and room comes back", async () => {
  const { write, started, open } = heldWrites();
  const limits = { ...wide, heldItems: 3, heldBytes: 10 };
  const group = createGroupCommit({ ...anyFault, write, limits });
  const full = { appCode: "core.unavailable", details: { reason: "intake_full" } };
  const first = group.add("a");
  await started;
  await expect(group.add("x".repeat(10))).rejects.toMatchObject(full);
  const others = [group.add("b"), group.add("c")];
  await expect(group.add("d")).rejects.toMatchObject(full);
  open();
  await Promise.all([first, ...others]);
  expect(await group.add("1234567890")).toBe(true);
});

test("when a failure may lie in one item only the bad one hears of it, after halvings and not after a try for each", async () => {
  const items = Array.from({ length: 100 }, (_, place) => `${place}`);
  let tries = 0;
  const write = async (batch: readonly string[]) => {
    tries += 1;
    if (batch.includes("77")) throw new Error("refused");
    return new Set(batch);
  };
  const group = createGroupCommit({ ...anyFault, write, limits: wide });
  const outcomes = await Promise.allSettled(items.map((item) => group.add(item)));
  expect(items.filter((_, place) => outcomes[place]?.status === "rejected")).toEqual(["77"]);
  // All of them, then two halves at each of the seven steps down to one.
  expect(tries).toBeLessThanOrEqual(15);
});

test("when the database dies while the bad item is looked for the rest is refused at once", async () => {
  let tries = 0;
  const write = async (items: readonly string[]) => {
    tries += 1;
    if (tries > 2) throw new Error("away");
    if (items.includes("bad")) throw new Error("refused");
    return new Set(items);
  };
  const isItemFault = (error: unknown) => error instanceof Error && error.message === "refused";
  const group = createGroupCommit({ ...anyFault, isItemFault, write, limits: wide });
  const outcomes = await Promise.allSettled(["a", "b", "bad", "c", "d", "e", "f", "g"].map((item) => group.add(item)));
  expect(outcomes).toEqual(outcomes.map(() => ({ status: "rejected", reason: new Error("away") })));
  expect(tries).toBe(3);
});

test("a failure that lies in no item is told to all of the batch after one try, and the next batch is tried", async () => {
  let tries = 0;
  const write = async (items: readonly string[]) => {
    tries += 1;
    if (tries === 1) throw new Error("away");
    return new Set(items);
  };
  const group = createGroupCommit({ ...anyFault, isItemFault: () => false, write, limits: wide });
  const outcomes = await Promise.allSettled(["a", "b"].map((item) => group.add(item)));
  expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(tries).toBe(1);
  expect(await group.add("c")).toBe(true);
});

test("an item that was there already is told so, next to one that was not", async () => {
  const write = async (items: readonly string[]) => new Set(items.filter((item) => item !== "known"));
  const group = createGroupCommit({ ...anyFault, write, limits: wide });
  expect(await Promise.all([group.add("known"), group.add("new")])).toEqual([false, true]);
});
