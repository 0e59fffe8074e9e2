import type { Bed } from "../bed/open-bed.ts";
import type { Comparison } from "../measure/compare.ts";
import { compared } from "../measure/compare.ts";
import type { MemoryUsage } from "../measure/inspector.ts";
import { readMemory } from "../measure/inspector.ts";
import type { Call } from "../measure/load.ts";
import { openLanes } from "../measure/load.ts";
import type { Line } from "./line.ts";
import { fromNewAddress, queryCall } from "./trpc-call.ts";

const looks = 10;
const against = "bare tRPC on Express";

/** A server under calls, and what it held at each look. */
interface Course {
  /** Makes that many calls, then looks. */
  goOn(requests: number): Promise<void>;
  seen: MemoryUsage[];
  stop(): Promise<void>;
}

/** What the processes hold at rest and after many requests, garbage collected. */
export const memory: Line = {
  name: "memory",
  about: "Resident set and heap after 100 000 calls of products.list, garbage collected, and how they grew since rest.",
  async run(bed, { lanes, memoryRequests, onRound }) {
    const ours = await startCourse(bed, "ours", lanes);
    const bare = await startCourse(bed, "bare", lanes);
    // At rest means warm: what is loaded with the first calls is not what a call leaves behind.
    await ours.goOn(2000);
    await bare.goOn(2000);
    for (let look = 1; look <= looks; look += 1) {
      await ours.goOn(memoryRequests / looks);
      await bare.goOn(memoryRequests / looks);
      onRound(`memory ${look}/${looks}`);
    }
    await ours.stop();
    await bare.stop();
    const calls = memoryRequests.toLocaleString("en-US");
    return [
      ...rows(
        "resident set",
        calls,
        ours.seen.map(({ rss }) => rss),
        bare.seen.map(({ rss }) => rss),
      ),
      ...rows(
        "heap",
        calls,
        ours.seen.map(({ heapUsed }) => heapUsed),
        bare.seen.map(({ heapUsed }) => heapUsed),
      ),
    ];
  },
};

/** How much there is in the later half of the calls, and how many times what was there at rest. */
function rows(what: string, calls: string, ours: number[], theirs: number[]): Comparison[] {
  const late = (bytes: number[]): number[] => bytes.slice(1 + looks / 2);
  const megabytes = (bytes: number[]): number[] => late(bytes).map((size) => size / 1e6);
  const growth = (bytes: number[]): number[] => late(bytes).map((size) => size / (bytes[0] ?? Number.NaN));
  const subject = { line: "memory", better: "less" } as const;
  return [
    compared(
      { ...subject, what: `${what} after ${calls} calls`, unit: "MB" },
      against,
      megabytes(ours),
      megabytes(theirs),
    ),
    compared(
      { ...subject, what: `${what} after ${calls} calls`, unit: "× at rest" },
      against,
      growth(ours),
      growth(theirs),
    ),
  ];
}

async function startCourse(bed: Bed, program: "ours" | "bare", lanes: number): Promise<Course> {
  const server = await bed.start(program, { hasInspector: true });
  const { inspectorUrl } = server;
  if (inspectorUrl === null) throw new Error("The server has no inspector.");
  const to = openLanes(server.url, lanes);
  const seen: MemoryUsage[] = [];
  return {
    seen,
    async goOn(requests) {
      await to.run(makeCalls(requests));
      seen.push(await readMemory(inspectorUrl));
    },
    async stop() {
      await to.close();
      await server.stop();
    },
  };
}

function makeCalls(count: number): Call[] {
  return Array.from({ length: count }, () => queryCall("products.list", undefined, fromNewAddress()));
}
