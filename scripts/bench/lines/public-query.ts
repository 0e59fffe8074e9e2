import { compare } from "../measure/compare.ts";
import { loadSide, openLanes } from "../measure/load.ts";
import type { Line } from "./line.ts";
import { fromNewAddress, queryCall } from "./trpc-call.ts";

const makeCalls = (count: number) =>
  Array.from({ length: count }, () => queryCall("products.list", undefined, fromNewAddress()));

/** `products.list`, which anybody may call, against the same on a bare server. */
export const publicQuery: Line = {
  name: "public-query",
  about: "products.list as a visitor, against the same SQL and shapes in tRPC on Express with nothing else.",
  async run(bed, { rounds, roundMs, lanes, onRound }) {
    const [ours, bare] = await Promise.all([bed.start("ours"), bed.start("bare")]);
    const toOurs = openLanes(ours.url, lanes);
    const toBare = openLanes(bare.url, lanes);
    const table = await compare(
      { line: "public-query", what: "products.list", unit: "calls/s", better: "more" },
      [
        loadSide({ name: "ours", lanes: toOurs, roundMs, makeCalls }),
        loadSide({ name: "bare tRPC on Express", lanes: toBare, roundMs, makeCalls }),
      ],
      { rounds, onRound },
    );
    await Promise.all([toOurs.close(), toBare.close()]);
    await Promise.all([ours.stop(), bare.stop()]);
    return table;
  },
};
