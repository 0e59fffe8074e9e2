import { expect, test } from "vitest";
import { z } from "zod";
import { createLog } from "../src/log.ts";

/** What a log writes, as it stands on the line. */
function written(work: (log: ReturnType<typeof createLog>) => void): string {
  const lines: string[] = [];
  work(createLog("debug", { write: (line) => void lines.push(line) }));
  expect(lines).toHaveLength(1);
  const [line = ""] = lines;
  expect(line.indexOf("\n")).toBe(line.length - 1);
  return line;
}

const Fault = z.object({ message: z.string(), stack: z.array(z.string()), code: z.string().optional() });
const Line = z.object({ msg: z.string(), error: Fault.extend({ cause: Fault.optional() }) });

function logged(error: unknown): z.output<typeof Line>["error"] {
  return Line.parse(JSON.parse(written((log) => log.error("test.failed", { error })))).error;
}

const withStack = (message: string, stack: string) => Object.assign(new Error(message), { stack });

const secrets = {
  "a key of Stripe": "sk_live_51Habc",
  "a restricted key": "rk_test_51Habc",
  "a webhook secret": "whsec_abcdef",
  "a payment's client secret": "pi_3Abc_secret_dEf",
  "a key of Supabase": "sb_secret_N7UND0UgjKTVK",
  "a JWT": "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
  "a JWT without its end": "eyJhbGciOiJFUzI1NiJ9",
  "a header": "Bearer 0123456789abcdef",
  "a mail address": "ada@example.com",
};

test.each(Object.entries(secrets))("%s is taken out of a text wherever it stands", (_name, secret) => {
  const cause = new Error(`inner ${secret}`);
  const line = written((log) =>
    log.warn("test.seen", {
      plain: secret,
      among: `before <${secret}> after`,
      deep: { list: [{ of: [secret] }] },
      error: new Error(`outer ${secret}`, { cause: new AggregateError([cause], `both ${secret}`, { cause }) }),
    }),
  );
  expect(line).not.toContain(secret);
  expect(line).toContain("before");
  expect(line).toContain("inner");
});

test("credentials in an address are taken out, and the rest of it stays", () => {
  const line = written((log) =>
    log.info("test.seen", {
      database: "postgres://turnpike_api:hunter2@db.test:5432/app",
      link: "https://app.test/reset?access_token=opaque-1&page=2#refresh_token=opaque-2",
    }),
  );
  expect(line).not.toMatch(/hunter2|opaque/);
  expect(line).toContain("@db.test:5432/app");
  expect(line).toContain("page=2");
});

test.each([
  "password",
  "newPassword",
  "accessToken",
  "refresh_token",
  "authorization",
  "Cookie",
  "stripe-signature",
  "apiKey",
  "recoveryCode",
  "email",
  "clientSecret",
  "body",
])("what is kept under %s is not logged at any depth, and the name is", (name) => {
  const line = written((log) =>
    log.child({ bound: { [name]: "c4n4ry" } }).info("test.seen", {
      [name]: "c4n4ry",
      input: { [name]: ["c4n4ry"], list: [{ [name]: { nested: "c4n4ry" } }] },
    }),
  );
  expect(line).not.toContain("c4n4ry");
  expect(line).toContain(`"${name}":"[redacted]"`);
});

test("that there is a secret, and how long it lives, may be known", () => {
  expect(written((log) => log.info("test.seen", { hasPassword: true, path: "auth.signIn" }))).toContain(
    '"hasPassword":true,"path":"auth.signIn"',
  );
});

test("what hangs on an error besides its message is not logged: rows, requests, parameters", () => {
  const error = Object.assign(new Error("duplicate key"), {
    code: "23505",
    detail: "Key (name)=(c4n4ry)",
    raw: "c4n4ry",
  });
  expect(JSON.stringify(logged(error))).not.toContain("c4n4ry");
  expect(logged(error).code).toBe("23505");
});

test("a body that is no JSON is not quoted", () => {
  const parse = (text: string): unknown => {
    try {
      return JSON.parse(text);
    } catch (error) {
      return error;
    }
  };
  for (const text of ["hunter2", '{"password":"hunter2', `[${"1,".repeat(50)}hunter2]`])
    expect(logged(parse(text)).message).not.toContain("hunter2");
});

test("line breaks and control characters make no second line", () => {
  const evil = 'x\r\n{"level":50,"msg":"forged"}\u2028\u001b[2J';
  const line = written((log) =>
    log.child({ requestId: evil }).info("test.seen", { path: evil, error: new Error(evil) }),
  );
  expect(JSON.parse(line)).toMatchObject({ requestId: evil, path: evil });
});

test("what is long, deep or endless is cut off, and takes no time", () => {
  const endless: Record<string, unknown> = { list: Array.from({ length: 10_000 }, (_, place) => place) };
  endless["self"] = endless;
  const texts = [
    "a".repeat(1e6),
    "a@".repeat(1e5),
    "_secret".repeat(1e5),
    `://${"a:".repeat(1e5)}`,
    "?token".repeat(1e5),
  ];
  const startedAt = performance.now();
  const line = written((log) => log.info("test.seen", { endless, texts, error: new Error("x".repeat(1e6)) }));
  expect(performance.now() - startedAt).toBeLessThan(1000);
  expect(line.length).toBeLessThan(30_000);
});

test("a stack keeps its places, versioned folders included", () => {
  const place = "at f (file:///srv/node_modules/.pnpm/pg@8.16.3/node_modules/pg/lib/client.js:1:2)";
  expect(logged(withStack("x", `Error: x\n    ${place}`)).stack).toEqual([place]);
});

test("a message that looks like a place in a stack hides nothing", () => {
  const { stack } = logged(withStack("x", "Error: x\n    at sk_test_abc123 ada@example.com"));
  expect(stack).toEqual(["at [redacted] [redacted]"]);
});

test("a level that is switched off writes nothing", () => {
  const lines: string[] = [];
  const log = createLog("warn", { write: (line) => void lines.push(line) });
  log.info("test.seen");
  log.child({ requestId: "r" }).debug("test.seen");
  expect(lines).toEqual([]);
});
