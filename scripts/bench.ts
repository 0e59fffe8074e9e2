import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Bed } from "./bench/bed/open-bed.ts";
import { openBed } from "./bench/bed/open-bed.ts";
import { writeFigures } from "./bench/figures-page.ts";
import { allLines } from "./bench/lines/index.ts";
import type { Line, Plan } from "./bench/lines/line.ts";
import { describeMachine } from "./bench/machine.ts";
import type { Comparison } from "./bench/measure/compare.ts";
import { joinRuns } from "./bench/measure/compare.ts";
import { markdownTable, textTable } from "./bench/report.ts";
import { createProgress } from "./stack/progress.ts";
import { runScript, UsageError } from "./stack/run-script.ts";
import { listenForStop } from "./stack/stop-request.ts";

const help = `pnpm bench [LINE…] [--runs N] [--rounds N] [--quick] [--markdown] [--write] [--json FILE] [--server URL] [--no-redis]

Measures the production bundle against bare servers in one run, in turn, and prints every figure as a ratio with its spread.
The load comes from this process and shares the machine with what it measures: absolute figures mean little, ratios hold.

${allLines.map(({ name, about }) => `  ${name.padEnd(20)}${about}`).join("\n")}

  --runs N       runs of the whole, one after the other on new databases, in one table (default: 1)
  --rounds N     rounds of each line in a run (default: 6, with --quick 3)
  --quick        short rounds, to see that all runs
  --markdown     print the table as for docs/benchmarks.md
  --write        write the table into docs/benchmarks.md; takes all lines, and no --quick
  --json FILE    write all figures there
  --server URL   a superuser's URL of a PostgreSQL server to make databases on (default: an embedded one)
  --no-redis     cache, limits and bus in memory, even where redis-server is installed
`;

const page = join(import.meta.dirname, "../docs/benchmarks.md");
const full = { rounds: 6, roundMs: 600, lanes: 16, memoryRequests: 100_000, people: 100 };
const quick = { rounds: 3, roundMs: 200, lanes: 16, memoryRequests: 3000, people: 12 };

await runScript({
  help,
  options: {
    runs: { type: "string" },
    rounds: { type: "string" },
    quick: { type: "boolean", default: false },
    markdown: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
    json: { type: "string" },
    server: { type: "string" },
    "no-redis": { type: "boolean", default: false },
  },
  manyArguments: "LINE",
  async run({ values, list }) {
    const lines = chosenLines(list);
    if (values.write && (values.quick || list.length > 0))
      throw new UsageError("--write: the page has figures of all lines, without --quick.");
    const { step } = createProgress();
    const { people, ...amounts } = values.quick ? quick : full;
    const rounds = countOf("--rounds", values.rounds, amounts.rounds);
    const runs = countOf("--runs", values.runs, 1);
    const options = { serverUrl: values.server, isWithoutRedis: values["no-redis"], people, onProgress: step };
    const stopRequest = listenForStop();
    const stopped = stopRequest.made.then(() => Promise.reject(new Error("stopped")));
    const tables: Comparison[][] = [];
    const machines: string[] = [];
    for (let run = 1; run <= runs; run += 1) {
      const onRound = (message: string): void => step(runs === 1 ? message : `run ${run}/${runs}: ${message}`);
      const bed = await openBed(options);
      try {
        machines.push(describeMachine(bed));
        tables.push(await Promise.race([measure(bed, lines, { ...amounts, rounds, onRound }), stopped]));
      } finally {
        await bed.close();
      }
    }
    await report({ machine: machines[0] ?? "", table: joinRuns(tables) }, values);
  },
});

/** Says what came out: on the screen, and where it was asked for, in files. */
async function report(
  { machine, table }: { machine: string; table: Comparison[] },
  { markdown, write, json }: { markdown: boolean; write: boolean; json?: string | undefined },
): Promise<void> {
  process.stdout.write(`\n${machine}\n\n${markdown ? markdownTable(table) : textTable(table)}`);
  if (write) await writeFigures(page, `${machine}\n\n${markdownTable(table)}`);
  if (json) await writeFile(json, `${JSON.stringify({ machine, table }, null, 2)}\n`);
}

async function measure(bed: Bed, lines: readonly Line[], plan: Plan): Promise<Comparison[]> {
  const table: Comparison[] = [];
  for (const line of lines) table.push(...(await line.run(bed, plan)));
  return table;
}

function chosenLines(names: readonly string[]): readonly Line[] {
  const unknown = names.filter((name) => !allLines.some((line) => line.name === name));
  if (unknown.length > 0)
    throw new UsageError(
      `Not a line: ${unknown.join(", ")}. There are: ${allLines.map(({ name }) => name).join(", ")}.`,
    );
  return names.length === 0 ? allLines : allLines.filter(({ name }) => names.includes(name));
}

function countOf(option: string, text: string | undefined, standard: number): number {
  const count = text === undefined ? standard : Number(text);
  if (!Number.isInteger(count) || count < 1 || count > 1000)
    throw new UsageError(`${option}: a number from 1 to 1000.`);
  return count;
}
