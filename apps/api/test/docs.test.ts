import { afterAll, beforeAll, expect, test } from "vitest";
import { appRouter } from "@turnpike/api";
import type { ServerBed } from "./server-bed.ts";
import { startServerBed } from "./server-bed.ts";

let bed: ServerBed;
let response: Response;
let page: string;
beforeAll(async () => {
  bed = await startServerBed({ env: { METRICS_TOKEN: "of-the-operators" } });
  response = await fetch(new URL("/docs", bed.url));
  page = await response.text();
});
afterAll(() => bed.close());

test("the reference is a page that loads and runs nothing, and is asked for anew each time", () => {
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(response.headers.get("cache-control")).toBe("no-cache");
  expect(response.headers.get("content-security-policy")).toMatch(
    /^default-src 'none'; style-src 'sha256-[\w+/]{43}='/,
  );
  expect(page).not.toMatch(/<script|<link|<img|<iframe|@import|\bsrc=|\bstyle=|\bon\w+=/i);
});

test("the policy lets the page's own style through", async () => {
  const style = /<style>([^]*?)<\/style>/.exec(page)?.[1] ?? "";
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(style));
  expect(response.headers.get("content-security-policy")).toContain(Buffer.from(digest).toString("base64"));
});

test("every procedure of the API has a section and an entry in the contents", () => {
  const paths = Object.keys(appRouter._def.procedures);
  expect(paths.length).toBeGreaterThan(30);
  expect(paths.filter((path) => !page.includes(`<article id="${path}">`))).toEqual([]);
  expect(paths.filter((path) => !page.includes(`<li><a href="#${path}">`))).toEqual([]);
});

test("every link leads somewhere on the page, and no place has two names", () => {
  const anchors = [...page.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]);
  const targets = [...page.matchAll(/ href="([^"]+)"/g)].map((match) => match[1]);
  expect(new Set(anchors).size).toBe(anchors.length);
  expect(targets.filter((target) => !anchors.includes(target?.replace(/^#/, "")))).toEqual([]);
});

test("every route on the page is one the server has", async () => {
  const routes = [...page.matchAll(/data-route="([A-Z]+) ([^"]+)"/g)];
  expect(routes.length).toBeGreaterThan(3);
  for (const [route, method = "", path = ""] of routes) {
    const { status } = await fetch(new URL(path, bed.url), { method });
    expect(`${route} ${status}`).not.toContain(" 404");
  }
});

test("an example of the page can be sent to this server as it stands", async () => {
  const urls = [...page.matchAll(/curl -G &#39;([^&]+)&#39;/g)].map((match) => match[1] ?? "");
  const list = urls.find((url) => url.endsWith("/trpc/products.list")) ?? "";
  expect(list).toBe(`${bed.url}/trpc/products.list`);
  expect((await fetch(list)).status).toBe(200);
});
