import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { withFigures } from "../figures-page.ts";

const page = join(import.meta.dirname, "../../../docs/benchmarks.md");

test("new figures take the place of the old ones, and nothing else on our page changes", async () => {
  const before = await readFile(page, "utf8");
  const once = withFigures(before, "first figures\n");
  const twice = withFigures(once, "second figures");
  expect(once).toContain("\n\nfirst figures\n\n");
  expect(twice).toBe(once.replace("first figures", "second figures"));
  expect(once.split("<!--")[0]).toBe(before.split("<!--")[0]);
  expect(once.split("-->").at(-1)).toBe(before.split("-->").at(-1));
});

test("a page without a place for figures is refused", () => {
  expect(() => withFigures("# Benchmarks\n", "figures")).toThrow("no place for figures");
});
