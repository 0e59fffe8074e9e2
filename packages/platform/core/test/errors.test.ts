import { TRPCError } from "@trpc/server";
import { expect, test } from "vitest";
import { z } from "zod";
import { appErrorOf, AppError, defineErrors, isAllowedReturnUrl } from "@turnpike/core";
import type { AppConfig } from "@turnpike/core";

const errors = defineErrors("garden", { frozen: { kind: "conflict", message: "It is winter." } });

test("an error of a table has its module's code, its kind, its message, and details for the log", () => {
  const error = errors.frozen({ bed: 3 });
  expect(error).toBeInstanceOf(AppError);
  expect(error).toMatchObject({
    appCode: "garden.frozen",
    kind: "conflict",
    message: "It is winter.",
    details: { bed: 3 },
  });
});

test("what a caller may know of an unknown failure is nothing", () => {
  expect(appErrorOf(new TRPCError({ code: "INTERNAL_SERVER_ERROR", cause: new Error("secret") }))).toBeUndefined();
});

test("a wrong input is told field by field, and only where it was the caller's", () => {
  const wrong = z.object({ bed: z.object({ size: z.number() }) }).safeParse({ bed: { size: "x" } });
  const known = appErrorOf(new TRPCError({ code: "BAD_REQUEST", cause: wrong.error }));
  expect(known?.fieldIssues).toEqual([{ path: "bed.size", message: expect.any(String) }]);
  expect(appErrorOf(new TRPCError({ code: "INTERNAL_SERVER_ERROR", cause: wrong.error }))).toBeUndefined();
});

test("a wrong input of a union is told by the option that it comes closest to", () => {
  const cat = z.object({ name: z.string(), lives: z.number() });
  const dog = z.object({ name: z.string(), tricks: z.array(z.string()), owner: z.string() });
  const wrong = z.object({ pets: z.array(z.union([dog, cat])) }).safeParse({ pets: [{ name: "Tom", lives: "nine" }] });
  const known = appErrorOf(new TRPCError({ code: "BAD_REQUEST", cause: wrong.error }));
  expect(known?.fieldIssues).toEqual([{ path: "pets.0.lives", message: expect.any(String) }]);
});

test("a wrong input that is near to no option of a union is told once, for the union", () => {
  const schema = z.object({ to: z.discriminatedUnion("kind", [z.object({ kind: z.literal("one") })]) });
  const wrong = schema.safeParse({ to: { kind: "none" } });
  const known = appErrorOf(new TRPCError({ code: "BAD_REQUEST", cause: wrong.error }));
  expect(known?.fieldIssues).toEqual([{ path: "to.kind", message: expect.any(String) }]);
});

const config: AppConfig = {
  apiUrl: "http://api.test",
  frontendUrl: "https://app.test",
  allowedOrigins: ["https://app.test"],
  paymentGraceDays: 7,
  stripeWebhookSecrets: [],
  isStripeLive: false,
  modulesDisabled: [],
};

test.each(["https://app.test", "https://app.test/plans?x={CHECKOUT_SESSION_ID}", "https://APP.test:443/"])(
  "%s may be returned to",
  (url) => {
    expect(isAllowedReturnUrl(config, url)).toBe(true);
  },
);

test.each([
  "//evil.test",
  "https://app.test.evil.test",
  "https://app.test@evil.test",
  "https://user:pw@app.test/",
  "http://app.test",
  "https://app.test:444",
  "javascript:alert(1)",
  "https:\\\\evil.test",
  "https://app.test\\@evil.test",
  "https://app.test/\r\nx: y",
  " https://app.test/",
  "https://app.\ttest/",
  "https:app.test/",
  "https:/app.test/",
  "https://\u24d0pp.test/",
  "https://app\u00ad.test/",
  "https://app.test/\u0000",
  "blob:https://app.test/x",
  "/relative",
  "",
])("%s may not be returned to", (url) => {
  expect(isAllowedReturnUrl(config, url)).toBe(false);
});
