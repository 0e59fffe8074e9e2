import type { Side } from "../measure/compare.ts";
import { compare } from "../measure/compare.ts";
import type { Call, Lanes } from "../measure/load.ts";
import { openLanes } from "../measure/load.ts";
import type { Line } from "./line.ts";
import { emptyInbox, requireApplied, requireSynced, watchInbox } from "./stored-events.ts";
import { eventSource } from "./stripe-events.ts";

/** Stripe's events from the first delivery to the last one's effect in the tables. */
export const webhookEffect: Line = {
  name: "webhook-effect",
  about: "A batch of signed events until all of them are applied: web process and worker, against stripe-sync-engine.",
  async run(bed, { rounds, lanes, onRound }) {
    await emptyInbox(bed);
    const events = await eventSource(bed);
    // What waits for the same customer is worked off together: more about each of them would flatter us.
    const count = events.objects;
    const [toOurs, toEngine] = [events.receiver("/api/webhooks/stripe"), events.receiver("/webhook")];
    const ours = await bed.start("ours");
    const worker = bed.hasRedis ? await bed.start("ours", { env: { ROLE: "worker" }, isWithoutHttp: true }) : null;
    const syncEngine = await bed.start("syncEngine");
    const inbox = await watchInbox(bed);
    const ourLanes = openLanes(ours.url, lanes);
    const engineLanes = openLanes(syncEngine.url, lanes);
    const makeOurs = () => toOurs.deliveries(count);
    const makeEngines = () => toEngine.deliveries(count);
    const what = `applied events, batches of ${count}, two per customer`;
    const table = await compare(
      { line: "webhook-effect", what, unit: "events/s", better: "more" },
      [
        batchSide("ours", ourLanes, makeOurs, () => inbox.allApplied()),
        batchSide("stripe-sync-engine", engineLanes, makeEngines),
      ],
      { rounds, onRound },
    );
    await requireApplied(bed, toOurs);
    await requireSynced(bed, toEngine);
    await Promise.all([ourLanes.close(), engineLanes.close(), inbox.close()]);
    for (const server of [ours, worker, syncEngine]) await server?.stop();
    return table;
  },
};

/** A side that takes a batch and is done when `applied` says so. The figure: events per second over all of it. */
function batchSide(
  name: string,
  lanes: Lanes,
  makeBatch: () => Call[],
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
