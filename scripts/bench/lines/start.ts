import type { Bed } from "../bed/open-bed.ts";
import type { Side } from "../measure/compare.ts";
import { compare } from "../measure/compare.ts";
import type { Line } from "./line.ts";

/** How long a process takes to be of use. */
export const start: Line = {
  name: "start",
  about: "From the birth of the process to the first 200 on /readyz, which asks the database.",
  run: (bed, { rounds, onRound }) =>
    compare(
      { line: "start", what: "birth to ready", unit: "ms", better: "less" },
      [startSide(bed, "ours", "ours"), startSide(bed, "bare tRPC on Express", "bare")],
      { rounds, onRound },
    ),
};

function startSide(bed: Bed, name: string, program: "ours" | "bare"): Side {
  return {
    name,
    async measure() {
      const server = await bed.start(program);
      await server.stop();
      return server.startedInMs;
    },
  };
}
