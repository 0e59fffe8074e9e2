import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const launcher = join(import.meta.dirname, "../launch.mjs");
let folder: string;
let script: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "turnpike-launch-"));
  script = join(folder, "script.ts");
  await writeFile(script, "const args: string[] = process.argv.slice(2);\nconsole.log(JSON.stringify(args));\n");
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** Runs the launcher, with `pretend` evaluated before it, in place of a machine that is not at hand. */
async function launch(
  pretend: string,
  ...args: string[]
): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const preload = `data:text/javascript,${encodeURIComponent(pretend)}`;
  return new Promise((resolve) => {
    execFile(process.execPath, ["--import", preload, launcher, ...args], (error, stdout, stderr) => {
      resolve({ exitCode: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
    });
  });
}

const asNode20 =
  'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.20.2" } });' +
  'Object.defineProperty(process, "version", { value: "v20.20.2" });';
const withoutGlibc = "process.report.getReport = () => ({ header: {} });";

test("a script runs with its own arguments", async () => {
  expect(await launch("", script, "--check", "a b")).toMatchObject({ exitCode: 0, stdout: '["--check","a b"]\n' });
});

test("an older Node is named, with what to do about it", async () => {
  const { exitCode, stdout, stderr } = await launch(asNode20, script);
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
  expect(stderr).toContain("Turnpike runs on Node 24 or later, and this is v20.20.2");
  expect(stderr).toContain("npx -y pnpm@12.21.0 install");
});

test.runIf(process.platform === "linux")("on musl Node 24 and DATABASE_URL are what is asked for", async () => {
  const { exitCode, stderr } = await launch(asNode20 + withoutGlibc, script);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/musl[^]*Node 24[^]*DATABASE_URL/);
});

test("without a script the usage is said", async () => {
  expect(await launch("")).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("Usage") });
});
