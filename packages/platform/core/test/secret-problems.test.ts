import { expect, test } from "vitest";
import { readEnv } from "../src/index.ts";

const sound = {
  NODE_ENV: "production",
  SINGLE_INSTANCE: "1",
  API_URL: "https://api.test",
  DATABASE_URL: "postgres://turnpike_api.ref:pa55-of-our-own@pooler.test:6543/postgres?sslmode=verify-full",
  DATABASE_DIRECT_URL: "postgres://postgres.ref:pa55-of-the-owner@pooler.test:5432/postgres?sslmode=disable",
  SUPABASE_URL: "https://ref.supabase.test",
  SUPABASE_ANON_KEY: "sb_publishable_a1b2c3d4",
  SUPABASE_SERVICE_KEY: "sb_secret_e5f6a7b8",
  STRIPE_SECRET_KEY: "sk_live_51abc",
  STRIPE_WEBHOOK_SECRET: "whsec_one,whsec_two",
};

test("an environment with secrets of its own is fit for production, also with test keys of Stripe", () => {
  expect(readEnv(sound).NODE_ENV).toBe("production");
  expect(readEnv({ ...sound, STRIPE_SECRET_KEY: "rk_test_51abc" }).STRIPE_SECRET_KEY).toBe("rk_test_51abc");
});

test.each([
  ["DATABASE_URL", "postgres://turnpike_api@db.test/app", /DATABASE_URL: it carries no password/],
  ["DATABASE_URL", "postgres://turnpike_api:turnpike_api@db.test/app", /DATABASE_URL: its password is a default/],
  ["DATABASE_DIRECT_URL", "postgres://postgres:postgres@db.test/app", /DATABASE_DIRECT_URL: its password is a default/],
  ["DATABASE_URL", "postgres://a:%5BYOUR-PASSWORD%5D@db.test/app", /DATABASE_URL: its password is a default/],
  ["SUPABASE_ANON_KEY", "<publishable key>", /SUPABASE_ANON_KEY: a default/],
  ["SUPABASE_SERVICE_KEY", "sb_secret_N7UND0UgjKTVK-Uodkm0Hg_xSvEMPvz", /SUPABASE_SERVICE_KEY: a default/],
  ["SUPABASE_SERVICE_KEY", sound.SUPABASE_ANON_KEY, /SUPABASE_SERVICE_KEY: the same as SUPABASE_ANON_KEY/],
  ["SUPABASE_JWT_SECRET", "super-secret-jwt-token-with-at-least-32-characters-long", /SUPABASE_JWT_SECRET: a default/],
  ["STRIPE_SECRET_KEY", "sk_test_…", /STRIPE_SECRET_KEY: a default/],
  ["STRIPE_SECRET_KEY", "pk_live_51abc", /STRIPE_SECRET_KEY: not a secret/],
  ["STRIPE_WEBHOOK_SECRET", "whsec_one,whsec_", /STRIPE_WEBHOOK_SECRET: a default/],
  ["STRIPE_WEBHOOK_SECRET", "we_1abc", /STRIPE_WEBHOOK_SECRET: not a secret/],
  ["METRICS_TOKEN", "change-me-0123456789", /METRICS_TOKEN: a default/],
  ["API_URL", "http://api.test", /API_URL: http is not for production/],
  ["SUPABASE_URL", "http://ref.supabase.test", /SUPABASE_URL: http is not for production/],
])(
  "production refuses %s that everybody knows, or of another kind, by its name and without its value",
  (name, value, message) => {
    const read = () => readEnv({ ...sound, [name]: value });
    expect(read).toThrow(message);
    expect(read).not.toThrow(value);
  },
);

test.each([
  ["DATABASE_URL", ""],
  ["DATABASE_DIRECT_URL", ""],
  ["DATABASE_URL", "?sslmode="],
  ["DATABASE_URL", "?sslmode=verify-ful"],
  ["DATABASE_URL", "?sslmode=verify-full&sslmode="],
])(
  "production refuses a %s elsewhere that ends in /app%s and so leaves open whether it is encrypted",
  (name, query) => {
    const read = () => readEnv({ ...sound, [name]: `postgres://a:pa55-of-our-own@db.test/app${query}` });
    expect(read).toThrow(new RegExp(`${name}: .*sslmode=verify-full.*sslmode=disable`));
    expect(read).not.toThrow("pa55");
  },
);

test.each([
  "postgres://a:pa55-of-our-own@db.test/app?sslmode=require",
  "postgres://a:b@[::1]/app",
  "postgres:///app?host=/run/postgresql",
])("production takes a database that says how, or one on this machine: %s", (url) => {
  expect(readEnv({ ...sound, DATABASE_URL: url }).DATABASE_URL).toBe(url);
});

test("a database is where the driver goes, not where the first part of its URL points", () => {
  const DATABASE_URL = "postgres://a:pa55-of-our-own@localhost/app?host=db.test";
  expect(() => readEnv({ ...sound, DATABASE_URL })).toThrow(/DATABASE_URL: .*sslmode/);
});

test.each(["DATABASE_URL", "SUPABASE_SERVICE_KEY", "STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET", "API_URL"])(
  "production refuses to be without %s",
  (name) => expect(() => readEnv({ ...sound, [name]: "" })).toThrow(name),
);

test("what is on this machine may be weak and in the clear, and outside production everything may", () => {
  const local = {
    API_URL: "http://127.0.0.1:8000",
    DATABASE_URL: "postgres://postgres:postgres@localhost:5432/postgres",
  };
  expect(readEnv({ ...sound, ...local }).API_URL).toBe(local.API_URL);
  const anywhere = { NODE_ENV: "test", API_URL: "http://api.test", STRIPE_SECRET_KEY: "sk_test_…" };
  expect(readEnv({ ...sound, ...anywhere }).NODE_ENV).toBe("test");
});
