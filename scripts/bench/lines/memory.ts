import type { Bed } from "../bed/open-bed.ts";
import type { Comparison } from "../measure/compare.ts";
import { compared } from "../measure/compare.ts";
import type { MemoryUsage } from "../measure/inspector.ts";
import { readMemory } from "../measure/inspector.ts";
import type { Call } from "../measure/load.ts";
import { openLanes } from "../measure/load.ts";
import type { Line } from "./line.ts";
import { fromNewAddress, queryCall } from "./trpc-call.ts";

/** Requests on their way at a time. Nothing is timed here: more of them only get it over with sooner. */
const lanes = 64;
/** After these a server has loaded what it loads with its first calls. */
const warmRequests = 2000;

/** What a process held, each time after a collection of garbage, in bytes. */
interface Course {
  /** Ready, and not called yet. */
  atRest: MemoryUsage;
  warm: MemoryUsage;
  after: MemoryUsage;
}

/** What the processes hold at rest and after many requests, garbage collected. */
export const memory: Line = {
  name: "memory",
  about: "Resident set and heap, garbage collected: ready and never called, and after 100 000 calls of products.list.",
  async run(bed, { memoryRequests, onRound }) {
    const ours = await runCourse(bed, "ours", memoryRequests);
    onRound("memory of ours");
    const bare = await runCourse(bed, "bare", memoryRequests);
    onRound("memory of the bare server");
    const calls = `after ${memoryRequests.toLocaleString("en-US")} calls`;
    const row = (what: string, unit: string, figureOf: (course: Course) => number): Comparison =>
      compared(
        { line: "memory", what, unit, better: "less" },
        "bare tRPC on Express",
        [figureOf(ours)],
        [figureOf(bare)],
      );
    return [
      row("resident set at rest", "MB", ({ atRest }) => atRest.rss / 1e6),
      row(`resident set ${calls}`, "MB", ({ after }) => after.rss / 1e6),
      row("heap at rest", "MB", ({ atRest }) => atRest.heapUsed / 1e6),
      row(`heap ${calls}`, "MB", ({ after }) => after.heapUsed / 1e6),
      row(`heap ${calls}`, "× after the first 2,000", ({ warm, after }) => after.heapUsed / warm.heapUsed),
    ];
  },
};

async function runCourse(bed: Bed, program: "ours" | "bare", requests: number): Promise<Course> {
  const server = await bed.start(program, { hasInspector: true });
  const { inspectorUrl } = server;
  if (inspectorUrl === null) throw new Error("The server has no inspector.");
  const atRest = await readMemory(inspectorUrl);
  const to = openLanes(server.url, lanes);
  await to.run(makeCalls(warmRequests));
  const warm = await readMemory(inspectorUrl);
  await to.run(makeCalls(requests - warmRequests));
  const after = await readMemory(inspectorUrl);
  await to.close();
  await server.stop();
  return { atRest, warm, after };
}

function makeCalls(count: number): Call[] {
  return Array.from({ length: count }, () => queryCall("products.list", undefined, fromNewAddress()));
}
