import { compare } from "../measure/compare.ts";
import { loadSide, openLanes } from "../measure/load.ts";
import type { Line } from "./line.ts";
import { emptyInbox, requireStored, requireSynced } from "./stored-events.ts";
import { eventSource } from "./stripe-events.ts";

/** Taking Stripe's events in, with nobody working on them meanwhile where the worker is a process of its own. */
export const webhookAcceptance: Line = {
  name: "webhook-acceptance",
  about:
    "Signed events, all distinct, until the 200: against Express with the signature check alone, and stripe-sync-engine.",
  async run(bed, { rounds, roundMs, lanes, onRound }) {
    await emptyInbox(bed);
    const events = await eventSource(bed);
    const side = async (name: string, program: "ours" | "bare" | "syncEngine", path: string) => {
      const server = await bed.start(program);
      const to = openLanes(server.url, lanes);
      const receiver = events.receiver(path);
      const load = loadSide({ name, lanes: to, roundMs, makeCalls: receiver.deliveries });
      return { ...load, receiver, end: () => to.close().then(() => server.stop()) };
    };
    const ours = await side("ours", "ours", "/api/webhooks/stripe");
    const bare = await side("bare Express, signature only", "bare", "/webhook");
    const syncEngine = await side("stripe-sync-engine", "syncEngine", "/webhook");
    const what = bed.hasRedis ? "accepted events" : "accepted events, applied meanwhile by the same process";
    const table = await compare(
      { line: "webhook-acceptance", what, unit: "events/s", better: "more" },
      [ours, bare, syncEngine],
      { rounds, onRound },
    );
    await requireStored(bed, ours.receiver);
    await requireSynced(bed, syncEngine.receiver);
    for (const { end } of [ours, bare, syncEngine]) await end();
    return table;
  },
};
