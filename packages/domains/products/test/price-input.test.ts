import { expect, test } from "vitest";
import { CreatePrice } from "../src/models.ts";

const price = { productId: "00000000-0000-4000-8000-000000000000", currency: "usd", unitAmountMinor: 2900 };
const pathsOf = (changes: object) =>
  CreatePrice.safeParse({ ...price, ...changes }).error?.issues.map(({ path }) => path.join("."));

test.each(["usd", "EUR", "Jpy", "kwd"])("%s is a currency", (currency) => {
  expect(pathsOf({ currency })).toBeUndefined();
});

test.each(["zzz", "xyz", "us", "usdd", "", "u\u00dfd", "\u212aRW"])("%j is none", (currency) => {
  expect(pathsOf({ currency })).toContain("currency");
});

test.each([
  ["day", 1095],
  ["week", 156],
  ["month", 36],
  ["year", 3],
])("a price may recur every three years by the %s, and no more rarely", (interval, longest) => {
  expect(pathsOf({ interval, intervalCount: longest })).toBeUndefined();
  expect(pathsOf({ interval, intervalCount: longest + 1 })).toEqual(["intervalCount"]);
});
