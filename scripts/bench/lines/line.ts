import type { Bed } from "../bed/open-bed.ts";
import type { Comparison } from "../measure/compare.ts";

/** How much is measured. */
export interface Plan {
  rounds: number;
  /** How long a side is kept busy in one round. */
  roundMs: number;
  /** Requests on their way at a time. */
  lanes: number;
  /** Requests between the two looks at the memory. */
  memoryRequests: number;
  onRound: (message: string) => void;
}

/** One line of the benchmark: what it measures, against what. */
export interface Line {
  name: string;
  /** In one sentence. */
  about: string;
  run(bed: Bed, plan: Plan): Promise<Comparison[]>;
}
