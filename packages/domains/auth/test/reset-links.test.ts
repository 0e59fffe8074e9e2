import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TestApp } from "@turnpike/testing";
import { createTestApp } from "@turnpike/testing";
import { currentLink, forgetLink, replaceLink } from "../src/reset-links.ts";

const newLink = () => randomBytes(28).toString("hex");
let app: TestApp;
const ctx = () => app.ctxOf({ type: "anonymous" });

beforeAll(async () => {
  app = await createTestApp({ modules: [] });
});
afterAll(() => app.close());

test("a link stands for itself until it is replaced, and again when that is forgotten", async () => {
  const [used, fresh, other] = [newLink(), newLink(), newLink()];
  expect(await currentLink(ctx(), used)).toBe(used);
  await replaceLink(ctx(), used, fresh);
  expect(await currentLink(ctx(), used)).toBe(fresh);
  expect(await currentLink(ctx(), other)).toBe(other);
  await forgetLink(ctx(), used);
  expect(await currentLink(ctx(), used)).toBe(used);
});

test("the cache holds neither the used link nor the fresh one, and what it holds for a quarter of an hour at most", async () => {
  const [used, fresh] = [newLink(), newLink()];
  const seen: { text: string; ttlSec: number }[] = [];
  const { cache } = app.deps;
  app.deps.cache = {
    ...cache,
    set: (key, value, ttlSec) => {
      seen.push({ text: JSON.stringify([key, value]), ttlSec });
      return cache.set(key, value, ttlSec);
    },
  };
  await replaceLink(ctx(), used, fresh);
  app.deps.cache = cache;
  expect(seen).toHaveLength(1);
  expect(seen[0]?.ttlSec).toBe(900);
  for (const link of [used, fresh]) {
    for (const encoding of ["utf8", "hex"] as const) {
      expect(seen[0]?.text).not.toContain(Buffer.from(link, encoding).toString("base64").slice(0, 16));
    }
    expect(seen[0]?.text).not.toContain(link);
  }
});
