import type { Side } from "../measure/compare.ts";
import { compare } from "../measure/compare.ts";
import type { Lanes } from "../measure/load.ts";
import { openLanes } from "../measure/load.ts";
import type { Line } from "./line.ts";
import { allApplied, emptyInbox, requireStored } from "./stored-events.ts";
import type { EventSource } from "./stripe-events.ts";
import { eventSource } from "./stripe-events.ts";

const ourPath = "/api/webhooks/stripe";

/** Stripe's events from the first delivery to the last one's effect in the tables. */
export const webhookEffect: Line = {
  name: "webhook-effect",
  about: "A batch of signed events until all of them are applied: web process and worker, against stripe-sync-engine.",
  async run(bed, { rounds, roundMs, lanes, onRound }) {
    await emptyInbox(bed);
    const events = await eventSource(bed);
    const count = Math.max(200, Math.round(roundMs / 2));
    const ours = await bed.start("ours", { env: { ROLE: bed.hasRedis ? "web" : "all" } });
    const worker = bed.hasRedis ? await bed.start("ours", { env: { ROLE: "worker" }, isWithoutHttp: true }) : null;
    const syncEngine = await bed.start("syncEngine");
    const toOurs = openLanes(ours.url, lanes);
    const toEngine = openLanes(syncEngine.url, lanes);
    const table = await compare(
      { line: "webhook-effect", what: `applied events, batches of ${count}`, unit: "events/s", better: "more" },
      [
        batchSide(
          "ours",
          toOurs,
          () => events.deliveries(ourPath, count),
          () => allApplied(bed),
        ),
        batchSide("stripe-sync-engine", toEngine, () => events.deliveries("/webhook", count)),
      ],
      { rounds, onRound },
    );
    await requireStored(bed, events.countOf(ourPath));
    await Promise.all([toOurs.close(), toEngine.close()]);
    for (const server of [ours, worker, syncEngine]) await server?.stop();
    return table;
  },
};

/** A side that takes a batch and is done when `applied` says so. The figure: events per second over all of it. */
function batchSide(
  name: string,
  lanes: Lanes,
  makeBatch: () => ReturnType<EventSource["deliveries"]>,
  applied: () => Promise<void> = async () => undefined,
): Side {
  return {
    name,
    async measure() {
      const batch = makeBatch();
      const startedAt = performance.now();
      await lanes.run(batch);
      await applied();
      return batch.length / ((performance.now() - startedAt) / 1000);
    },
  };
}
