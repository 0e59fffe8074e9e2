import { expect, test } from "vitest";
import { createTurns } from "../src/turns.ts";
import { createGate } from "./mirror-bed.ts";

const never = () => new Promise<void>(() => undefined);
const turnsOf = (atOnce: number) => createTurns({ atOnce, pauseMs: 1, pause: never });

/** Work that is held until its gate opens, with what began in which order and the most that ran at once. */
function heldWork() {
  const began: string[] = [];
  const gates = new Map<string, () => void>();
  const seen = { running: 0, most: 0 };
  const work = (key: string) => async () => {
    began.push(key);
    seen.running += 1;
    seen.most = Math.max(seen.most, seen.running);
    const gate = createGate();
    gates.set(key, gate.open);
    await gate.opened;
    seen.running -= 1;
  };
  return { began, seen, work, open: (key: string) => gates.get(key)?.() };
}

test("so many keys run at once and no more, in the order they came", async () => {
  const { began, seen, work, open } = heldWork();
  const turns = turnsOf(2);
  const runs = ["a", "b", "c"].map((key) => turns.run(key, work(key)));
  await expect.poll(() => began).toEqual(["a", "b"]);
  open("b");
  await runs[1];
  await expect.poll(() => began).toEqual(["a", "b", "c"]);
  open("a");
  open("c");
  await Promise.all(runs);
  expect(seen.most).toBe(2);
});

test("calls that come while a key runs end at once, and it runs once more for all of them", async () => {
  const { began, seen, work, open } = heldWork();
  const turns = turnsOf(5);
  const first = turns.run("a", work("a"));
  await expect.poll(() => began).toEqual(["a"]);
  await Promise.all([1, 2, 3].map(() => turns.run("a", work("a"))));
  open("a");
  await expect.poll(() => began).toEqual(["a", "a"]);
  open("a");
  await first;
  expect(began).toEqual(["a", "a"]);
  expect(seen.most).toBe(1);
});

test("calls that come while a key waits for its turn end at once, and it runs once", async () => {
  const { began, work, open } = heldWork();
  const turns = turnsOf(1);
  const first = turns.run("a", work("a"));
  const waiting = turns.run("b", work("b"));
  await Promise.all([1, 2, 3].map(() => turns.run("b", work("b"))));
  open("a");
  await first;
  await expect.poll(() => began).toEqual(["a", "b"]);
  open("b");
  await waiting;
  expect(began).toEqual(["a", "b"]);
});

test("a run that fails is told to the one who began it, and its place is free again", async () => {
  const turns = turnsOf(1);
  await expect(turns.run("a", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  await turns.run("a", async () => undefined);
});

test("after a request for less nothing begins for a while, then half as much at once, and it grows back", async () => {
  const pauses: (() => void)[] = [];
  const turns = createTurns({
    atOnce: 4,
    pauseMs: 1,
    pause: () => new Promise((resolve) => void pauses.push(resolve)),
  });
  const { began, seen, work, open } = heldWork();
  turns.slowDown();
  turns.slowDown();
  expect(pauses).toHaveLength(1);
  const keys = Array.from({ length: 16 }, (_, place) => `k${place}`);
  const runs = keys.map((key) => turns.run(key, work(key)));
  expect(began).toEqual([]);
  pauses[0]?.();
  await expect.poll(() => began).toEqual(["k0", "k1"]);
  for (const [place, key] of keys.entries()) {
    await expect.poll(() => began).toContain(key);
    open(key);
    await runs[place];
  }
  expect(seen.most).toBe(4);
});
