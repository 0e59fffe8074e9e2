import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";

const root = join(import.meta.dirname, "../../..");

function bench(args: string[]): Promise<{ exitCode: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const script = [join(root, "scripts/launch.mjs"), join(root, "scripts/bench.ts"), ...args];
    const child = execFile(process.execPath, script, { cwd: root, timeout: 100_000 }, (_error, stdout, stderr) =>
      resolve({ exitCode: child.exitCode, stdout, stderr }),
    );
  });
}

const Spread = z.object({ median: z.number().positive(), min: z.number().positive(), max: z.number().positive() });
const Result = z.object({
  machine: z.string(),
  table: z.array(
    z.object({
      line: z.string(),
      against: z.string(),
      ratio: Spread,
      ours: Spread,
      theirs: Spread,
      rounds: z.number(),
    }),
  ),
});

test(
  "two short rounds of the real servers make a table of ratios, on the screen and in a file",
  { timeout: 110_000 },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "turnpike-bench-test-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const file = join(folder, "table.json");
    const lines = ["public-query", "webhook-acceptance", "start"];
    const { exitCode, stdout, stderr } = await bench([...lines, "--quick", "--rounds", "2", "--json", file]);
    expect(stderr).toBe("");
    expect(exitCode).toBe(0);
    const { machine, table } = Result.parse(JSON.parse(await readFile(file, "utf8")));
    expect(machine).toMatch(/PostgreSQL \d+\.\d+; .*stripe-sync-engine \d/);
    expect(table.map(({ line, against }) => [line, against])).toEqual([
      ["public-query", "bare tRPC on Express"],
      ["webhook-acceptance", "bare Express, signature only"],
      ["webhook-acceptance", "stripe-sync-engine"],
      ["start", "bare tRPC on Express"],
    ]);
    for (const { rounds, ratio } of table) {
      expect(rounds).toBe(2);
      expect(ratio.min).toBeLessThanOrEqual(ratio.median);
      expect(ratio.median).toBeLessThanOrEqual(ratio.max);
    }
    expect(stdout.match(/^(public-query|webhook-acceptance|start) .*×/gm)).toHaveLength(4);
  },
);

test.each([
  [["no-such-line"], "Not a line: no-such-line. There are: public-query, "],
  [["--rounds", "none"], "--rounds: a number from 1 to 1000."],
  [["--runs", "0"], "--runs: a number from 1 to 1000."],
  [["start", "--write"], "--write: the page has figures of all lines"],
])("%j is refused with what would be right", async (args, message) => {
  const { exitCode, stderr } = await bench(args);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(message);
});
