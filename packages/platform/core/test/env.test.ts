import { expect, test } from "vitest";
import { configOf, EnvError, readEnv } from "@turnpike/core";

const complete = {
  DATABASE_URL: "postgres://api:of-our-own@db.test/turnpike?sslmode=verify-full",
  SUPABASE_URL: "https://project.supabase.test",
  SUPABASE_ANON_KEY: "anon",
  SUPABASE_SERVICE_KEY: "service",
  STRIPE_SECRET_KEY: "sk_test_x",
  STRIPE_WEBHOOK_SECRET: "whsec_old, whsec_new",
};
const alone = { NODE_ENV: "production", API_URL: "https://api.test", SINGLE_INSTANCE: "1" };

test("lists are split, trimmed, and empty where nothing is given", () => {
  const env = readEnv({ ...complete, CORS_ORIGINS: "https://a.test/, https://b.test", MODULES_DISABLED: "" });
  expect(env.STRIPE_WEBHOOK_SECRET).toEqual(["whsec_old", "whsec_new"]);
  expect(env.MODULES_DISABLED).toEqual([]);
  expect(configOf(env).allowedOrigins).toEqual(["http://localhost:3000", "https://a.test", "https://b.test"]);
});

test.each([
  ["CORS_ORIGINS", "*"],
  ["CORS_ORIGINS", "https://a.test,b.test"],
  ["DATABASE_URL", "mysql://secret@db.test"],
  ["PORT", "70000"],
  ["STRIPE_WEBHOOK_SECRET", ", ,"],
  ["PAYMENT_GRACE_DAYS", "-1"],
  ["METRICS_TOKEN", "secret@of-15-ch"],
  ["METRICS_TOKEN", "secret@ with a blank in it"],
  ["OPS_PORT", "0"],
])("%s=%s is refused by its name, and its value is not repeated", (name, value) => {
  const read = () => readEnv({ ...complete, [name]: value });
  expect(read).toThrow(EnvError);
  expect(read).toThrow(new RegExp(`\\b${name}\\b`));
  expect(read).not.toThrow(/secret@|b\.test/);
});

test("what is missing is named, all of it at once", () => {
  const missing = /DATABASE_URL: missing[\s\S]*SUPABASE_URL: missing[\s\S]*STRIPE_WEBHOOK_SECRET: missing/;
  expect(() => readEnv({})).toThrow(missing);
});

test("a process that serves needs two ports where OPS_PORT is set, and a worker has but that one", () => {
  const same = { ...complete, OPS_PORT: "8000" };
  expect(() => readEnv(same)).toThrow(/OPS_PORT: the same as PORT/);
  expect(() => readEnv({ ...same, PORT: "8001", ROLE: "web" })).not.toThrow();
  expect(readEnv({ ...same, ROLE: "worker" }).OPS_PORT).toBe(8000);
});

test("production takes memory providers in a single process only", () => {
  expect(readEnv({ ...complete, ...alone }).NODE_ENV).toBe("production");
  expect(() => readEnv({ ...complete, ...alone, ROLE: "web" })).toThrow(/CACHE_PROVIDER/);
  expect(() => readEnv({ ...complete, ...alone, SINGLE_INSTANCE: "" })).toThrow(/EVENT_BUS_PROVIDER/);
  expect(() => readEnv({ ...complete, ...alone, API_URL: "" })).toThrow(/API_URL/);
});
