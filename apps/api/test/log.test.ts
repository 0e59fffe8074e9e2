import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { z } from "zod";

const Line = z.object({ msg: z.string(), error: z.object({ message: z.string(), stack: z.array(z.string()) }) });

/** What a process of ours writes on standard output when it logs an error with this message and stack. */
async function logged(message: string, stack: string): Promise<z.output<typeof Line>> {
  const error = `Object.assign(new Error(${JSON.stringify(message)}), { stack: ${JSON.stringify(stack)} })`;
  const script = `
    import { createLog } from ${JSON.stringify(new URL("../src/log.ts", import.meta.url).href)};
    createLog("info").error("test.failed", { error: ${error} });`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script]);
  const lines = stdout.trimEnd().split("\n");
  expect(lines).toHaveLength(1);
  return Line.parse(JSON.parse(lines[0] ?? ""));
}

test("a stack keeps its places, versioned folders included", async () => {
  const place = "at f (file:///srv/node_modules/.pnpm/pg@8.16.3/node_modules/pg/lib/client.js:1:2)";
  expect((await logged("x", `Error: x\n    ${place}`)).error.stack).toEqual([place]);
});

test("addresses, keys and tokens are taken out, and a line break makes no second line", async () => {
  const secrets = ["ada@example.com", "sk_test_abc123", "whsec_abc", "eyJhbGciOi.eyJzdWIi.c2ln"];
  const { error } = await logged(`for <${secrets.join("> and <")}>\n{"level":"fatal"}`, "Error: x");
  for (const secret of secrets) expect(error.message).not.toContain(secret);
});

test("a message that looks like a place in a stack hides nothing", async () => {
  const { error } = await logged("x", "Error: x\n    at sk_test_abc123 ada@example.com");
  expect(error.stack).toEqual(["at [redacted] [redacted]"]);
});
