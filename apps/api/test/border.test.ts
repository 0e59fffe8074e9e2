import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import type { ServerBed } from "./server-bed.ts";
import { startServerBed } from "./server-bed.ts";

let bed: ServerBed;
beforeAll(async () => {
  bed = await startServerBed();
});
afterAll(() => bed.close());

const Failure = z.object({ error: z.object({ json: z.object({ data: z.looseObject({ appCode: z.string() }) }) }) });

const post = (path: string, body: string, contentType = "application/json") =>
  fetch(new URL(path, bed.url), { method: "POST", body, headers: { "content-type": contentType } });
const signIn = (json: unknown, meta?: unknown) => post("/trpc/auth.signIn", JSON.stringify({ json, meta }));

async function dataOf(response: Response) {
  return Failure.parse(await response.json()).error.json.data;
}

const credentials = { email: "nobody@example.com", password: "not-the-password" };

test.each(["text/plain", "multipart/form-data; boundary=x", "application/octet-stream", "application/jsonp"])(
  "a body of type %s is refused before anybody reads it",
  async (contentType) => {
    const response = await post("/trpc/auth.signIn", JSON.stringify({ json: credentials }), contentType);
    expect(response.status).toBe(415);
    expect((await dataOf(response)).appCode).toBe("core.unsupported_media_type");
  },
);

test.each(["application/json; charset=utf-8", "APPLICATION/JSON"])("%s is JSON", async (contentType) => {
  const response = await post("/trpc/auth.signIn", JSON.stringify({ json: credentials }), contentType);
  expect((await dataOf(response)).appCode).toBe("auth.invalid_credentials");
});

test.each([
  ["a path to the prototype", { values: { "__proto__.polluted": ["undefined"] } }],
  ["a path to the constructor", { values: { "constructor.prototype.polluted": ["Date"] } }],
  ["a pattern", { values: { email: ["regexp"] } }],
  ["an array of gigabytes", { values: { email: [["typed-array", "Float64Array"]] } }],
])("%s in an input's types is refused and touches nothing", async (_name, meta) => {
  const response = await signIn({ ...credentials, email: 4e9 }, meta);
  expect(response.status).toBe(400);
  expect((await dataOf(response)).appCode).toBe("core.invalid_input");
  expect(Reflect.get({}, "polluted")).toBeUndefined();
});

test.each([
  ["NUL", "a\0b"],
  ["half a surrogate pair", "\ud800"],
])("text with %s is refused at its field, not by the database", async (_name, text) => {
  const response = await signIn({ ...credentials, password: text });
  expect(response.status).toBe(400);
  expect(await dataOf(response)).toMatchObject({
    appCode: "core.invalid_input",
    fieldIssues: [{ path: "password", message: expect.any(String) }],
  });
});

test.each([20_000, 200_000])("%d levels of nesting are refused", async (levels) => {
  const response = await post("/trpc/auth.signIn", `{"json":${"[".repeat(levels)}${"]".repeat(levels)}}`);
  expect(response.status).toBe(400);
});

test("an answer to one origin is not for another", async () => {
  const response = await fetch(new URL("/trpc/products.list", bed.url), { headers: { origin: "http://app.test" } });
  expect(response.headers.get("access-control-allow-origin")).toBe("http://app.test");
  expect(response.headers.get("vary")).toMatch(/\borigin\b/i);
});
