import { expect, test } from "vitest";
import { sharesOf } from "../src/engine/discounts.ts";
import { formatAmount } from "../src/engine/money.ts";
import { addMonths, nextPeriodEnd } from "../src/engine/period.ts";
import { prorationAmount } from "../src/engine/prorate.ts";
import { previousAttributes } from "../src/events/previous-attributes.ts";

const at = (text: string) => Date.parse(text) / 1000;
const text = (sec: number) => new Date(sec * 1000).toISOString().slice(0, 19);

test("a monthly period keeps the anchor's day through short months", () => {
  const anchor = at("2026-01-31T10:00:00Z");
  const month = { interval: "month", interval_count: 1 };
  const ends: string[] = [];
  for (let start = anchor; ends.length < 4; ends.push(text(start))) start = nextPeriodEnd(anchor, start, month);
  expect(ends).toEqual(["2026-02-28T10:00:00", "2026-03-31T10:00:00", "2026-04-30T10:00:00", "2026-05-31T10:00:00"]);
});

test.each([
  ["2024-02-29T00:00:00Z", "year", 1, "2025-02-28T00:00:00"],
  ["2026-11-30T00:00:00Z", "month", 3, "2027-02-28T00:00:00"],
  ["2026-03-28T00:00:00Z", "week", 2, "2026-04-11T00:00:00"],
  ["2026-12-31T23:59:59Z", "day", 1, "2027-01-01T23:59:59"],
])("a period from %s of %s × %i ends %s", (start, interval, count, end) => {
  expect(text(nextPeriodEnd(at(start), at(start), { interval, interval_count: count }))).toBe(end);
});

test("a leap-day anchor comes back to 29 February in the next leap year", () => {
  expect(text(addMonths(at("2024-02-29T00:00:00Z"), 48))).toBe("2028-02-29T00:00:00");
});

test.each([
  [1000, 0, 1000],
  [1000, 50, 500],
  [1000, 100, 0],
  [999, 33, 669],
  [1000, 150, 0],
  [1000, -10, 1000],
])("of an amount of %i, from second %i of 100 on, %i is left", (full, date, left) => {
  expect(prorationAmount(full, { start: 0, end: 100 }, date)).toBe(left);
});

test("a coupon's shares sum to what it takes off, to the last cent, and never below zero", () => {
  expect(sharesOf({ percent_off: 33.33, amount_off: null }, [1000, 1000, 1000])).toEqual([333, 333, 334]);
  expect(sharesOf({ percent_off: null, amount_off: 5000 }, [1000, 0, 2000])).toEqual([1000, 0, 2000]);
  expect(sharesOf({ percent_off: 50, amount_off: null }, [-500, 1000])).toEqual([0, 500]);
});

test("amounts are shown with the digits of their currency", () => {
  expect([formatAmount(1234, "usd"), formatAmount(1234, "jpy"), formatAmount(1234, "kwd")]).toEqual([
    "$12.34",
    "¥1,234",
    "KWD\u00a01.234",
  ]);
});

test("previous_attributes holds changed fields, hashes key by key and arrays as a whole", () => {
  const before = { a: 1, hash: { x: 1, y: 2 }, list: [1, 2], same: { z: 1 } };
  const after = { a: 2, hash: { x: 1, y: 3, fresh: true }, list: [1], same: { z: 1 } };
  expect(previousAttributes(before, after)).toEqual({ a: 1, hash: { y: 2, fresh: null }, list: [1, 2] });
  expect(previousAttributes(before, before)).toBeNull();
});
