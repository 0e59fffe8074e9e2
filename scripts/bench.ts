import { writeFile } from "node:fs/promises";
import type { Bed } from "./bench/bed/open-bed.ts";
import { openBed } from "./bench/bed/open-bed.ts";
import { allLines } from "./bench/lines/index.ts";
import type { Line, Plan } from "./bench/lines/line.ts";
import { describeMachine } from "./bench/machine.ts";
import type { Comparison } from "./bench/measure/compare.ts";
import { markdownTable, textTable } from "./bench/report.ts";
import { createProgress } from "./stack/progress.ts";
import { runScript, UsageError } from "./stack/run-script.ts";
import { listenForStop } from "./stack/stop-request.ts";

const help = `pnpm bench [LINE…] [--rounds N] [--quick] [--markdown] [--json FILE] [--server URL] [--no-redis]

Measures the production bundle against bare servers in one run, in turn, and prints every figure as a ratio with its spread.
The load comes from this process and shares the machine with what it measures: absolute figures mean little, ratios hold.

${allLines.map(({ name, about }) => `  ${name.padEnd(20)}${about}`).join("\n")}

  --rounds N     rounds of each line (default: 9, with --quick 3)
  --quick        short rounds, to see that all runs
  --markdown     print the table as for docs/benchmarks.md
  --json FILE    write all figures there
  --server URL   a superuser's URL of a PostgreSQL server to make databases on (default: an embedded one)
  --no-redis     cache, limits and bus in memory, even where redis-server is installed
`;

const full = { rounds: 9, roundMs: 1000, lanes: 16, memoryRequests: 100_000, people: 100 };
const quick = { rounds: 3, roundMs: 200, lanes: 16, memoryRequests: 3000, people: 12 };

await runScript({
  help,
  options: {
    rounds: { type: "string" },
    quick: { type: "boolean", default: false },
    markdown: { type: "boolean", default: false },
    json: { type: "string" },
    server: { type: "string" },
    "no-redis": { type: "boolean", default: false },
  },
  manyArguments: "LINE",
  async run({ values, list }) {
    const lines = chosenLines(list);
    const { step } = createProgress();
    const { people, ...amounts } = values.quick ? quick : full;
    const plan: Plan = { ...amounts, rounds: roundsOf(values.rounds, amounts.rounds), onRound: step };
    const [serverUrl, isWithoutRedis] = [values.server, values["no-redis"]];
    const stopRequest = listenForStop();
    const bed = await openBed({ serverUrl, isWithoutRedis, people, onProgress: step });
    try {
      const stopped = stopRequest.made.then(() => Promise.reject(new Error("stopped")));
      const table = await Promise.race([measure(bed, lines, plan), stopped]);
      const machine = describeMachine(bed);
      process.stdout.write(`\n${machine}\n\n${values.markdown ? markdownTable(table) : textTable(table)}`);
      if (values.json) await writeFile(values.json, `${JSON.stringify({ machine, plan, table }, null, 2)}\n`);
    } finally {
      await bed.close();
    }
  },
});

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

function roundsOf(text: string | undefined, standard: number): number {
  const rounds = text === undefined ? standard : Number(text);
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 1000)
    throw new UsageError("--rounds: a number from 1 to 1000.");
  return rounds;
}
