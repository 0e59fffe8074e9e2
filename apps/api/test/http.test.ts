import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import type { ServerBed } from "./server-bed.ts";
import { startServerBed } from "./server-bed.ts";

let bed: ServerBed;
beforeAll(async () => {
  bed = await startServerBed({ env: { CORS_ORIGINS: "https://admin.test", MODULES_DISABLED: "webhooks" } });
});
afterAll(() => bed.close());

const Failure = z.object({
  error: z.object({
    json: z.object({
      message: z.string(),
      data: z.looseObject({ appCode: z.string(), requestId: z.string() }),
    }),
  }),
});

async function failureOf(response: Response) {
  return Failure.parse(await response.json()).error.json;
}

const get = (path: string, headers: Record<string, string> = {}) => fetch(new URL(path, bed.url), { headers });
const post = (path: string, body: string, headers: Record<string, string> = {}) =>
  fetch(new URL(path, bed.url), { method: "POST", body, headers: { "content-type": "application/json", ...headers } });

test("says who it is and that it is well", async () => {
  expect(await (await get("/")).json()).toEqual({ name: "turnpike", version: expect.any(String) });
  expect(await (await get("/healthz")).json()).toEqual({ status: "ok" });
  expect(await (await get("/readyz")).json()).toEqual({
    status: "ready",
    database: "up",
    loginRole: "turnpike_api",
    jobs: "up",
    redis: "off",
    stripe: "up",
  });
});

test("an idle connection is kept for longer than any balancer keeps its own", async () => {
  expect((await get("/")).headers.get("keep-alive")).toBe("timeout=120");
});

test("a harmless request id is echoed, another one replaced", async () => {
  expect((await get("/", { "x-request-id": "abc-1" })).headers.get("x-request-id")).toBe("abc-1");
  expect((await get("/", { "x-request-id": "a b{}" })).headers.get("x-request-id")).toMatch(/^[\w-]{36}$/);
});

test("a wrong input names its fields, a stable code and the request", async () => {
  const response = await post("/trpc/auth.signIn", '{"json":{"email":"nobody"}}', { "x-request-id": "wrong-1" });
  expect(response.status).toBe(400);
  const { data } = await failureOf(response);
  expect(data).toMatchObject({ appCode: "core.invalid_input", requestId: "wrong-1" });
  expect(data["fieldIssues"]).toEqual([
    { path: "email", message: expect.any(String) },
    { path: "password", message: expect.any(String) },
  ]);
});

test.each([
  ["not JSON", () => post("/trpc/auth.signIn", "{"), 400, "core.invalid_input"],
  ["an unknown procedure", () => get("/trpc/auth.nothing"), 404, "core.not_found"],
  ["a mutation by GET", () => get("/trpc/auth.signOut"), 405, "core.method_not_supported"],
  [
    "a form",
    () => post("/trpc/auth.signIn", "a=b", { "content-type": "text/plain" }),
    415,
    "core.unsupported_media_type",
  ],
  ["a module that is switched off", () => get("/trpc/webhooks.inbox.stats"), 404, "core.module_disabled"],
  ["an operator's procedure for a visitor", () => get("/trpc/products.features.list"), 401, "core.unauthenticated"],
  [
    "a token that is none",
    () => get("/trpc/products.list", { authorization: "Bearer nonsense" }),
    401,
    "core.unauthenticated",
  ],
  [
    "a scheme that is not ours",
    () => get("/trpc/products.list", { authorization: "Basic YTpi" }),
    401,
    "core.unauthenticated",
  ],
])("%s is refused with its code, and nothing internal", async (_name, request, status, appCode) => {
  const response = await request();
  expect(response.status).toBe(status);
  const text = await response.clone().text();
  expect(text).not.toMatch(/stack|node_modules|select |\.ts:/i);
  expect((await failureOf(response)).data.appCode).toBe(appCode);
});

test("a token that is over does not keep its owner from another session", async () => {
  const response = await post("/trpc/auth.refresh", '{"json":{"refreshToken":"nothing"}}', {
    authorization: "Bearer old",
  });
  expect((await failureOf(response)).data.appCode).toBe("auth.session_over");
});

test("the keys of the project are not users", async () => {
  for (const key of [bed.env.SUPABASE_ANON_KEY, bed.env.SUPABASE_SERVICE_KEY]) {
    const response = await get("/trpc/products.list", { authorization: `Bearer ${key}` });
    expect(response.status).toBe(401);
  }
});

test("a batch of more than twenty calls is refused before any runs", async () => {
  const paths = Array.from({ length: 21 }, () => "products.list").join(",");
  const response = await get(`/trpc/${paths}?batch=1`, { "x-request-id": "long-batch" });
  expect(response.status).toBe(400);
  expect(await response.text()).toContain('"requestId":"long-batch"');
});

test("a body over one mebibyte is refused", async () => {
  const response = await post("/trpc/auth.signIn", JSON.stringify({ json: { email: "x".repeat(2_000_000) } }));
  expect(response.status).toBe(413);
});

test("only listed origins may call from a browser", async () => {
  const preflight = (origin: string) =>
    fetch(new URL("/trpc/products.list", bed.url), {
      method: "OPTIONS",
      headers: { origin, "access-control-request-method": "POST", "access-control-request-headers": "authorization" },
    });
  for (const origin of ["http://app.test", "https://admin.test"]) {
    const response = await preflight(origin);
    expect(response.status).toBe(204);
    expect(response.headers.get("access-control-allow-origin")).toBe(origin);
    expect(response.headers.get("access-control-allow-credentials")).toBeNull();
  }
  for (const origin of ["https://app.test", "http://app.test.evil.test", "null", "http://app.test:81"])
    expect((await preflight(origin)).headers.get("access-control-allow-origin")).toBeNull();
});
