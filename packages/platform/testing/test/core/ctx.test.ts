import { afterAll, beforeAll, expect, test } from "vitest";
import type { TestApp } from "@turnpike/testing";
import { createTestApp } from "@turnpike/testing";

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp({ modules: [] });
});
afterAll(() => app.close());

const ada = { type: "system", job: "ada" } as const;
const bob = { type: "system", job: "bob" } as const;

test("one request has one key per intent, also as the service", () => {
  const ctx = app.ctxOf(ada);
  expect(ctx.key("cancel", "1")).toBe(ctx.key("cancel", "1"));
  expect(ctx.system("test").key("cancel", "1")).toBe(ctx.key("cancel", "1"));
  expect(ctx.key("cancel", "2")).not.toBe(ctx.key("cancel", "1"));
  expect(ctx.key("cancel", "1").length).toBeLessThanOrEqual(255);
});

test("a request id that comes twice does not make two calls one", () => {
  const request = { requestId: "the-same" };
  expect(app.ctxOf(ada, request).key("create")).not.toBe(app.ctxOf(ada, request).key("create"));
});

test("an idempotency key makes two calls of the same actor one, and of another actor another", () => {
  const request = { idempotencyKey: "chosen" };
  expect(app.ctxOf(ada, request).key("create")).toBe(app.ctxOf(ada, request).key("create"));
  expect(app.ctxOf(bob, request).key("create")).not.toBe(app.ctxOf(ada, request).key("create"));
});

test("the way to the service role is logged with its reason and who takes it", () => {
  app.ctxOf(ada).system("because");
  expect(app.log.entries.at(-1)).toMatchObject({
    event: "core.system_role",
    fields: { reason: "because", actor: "system:ada" },
  });
});
