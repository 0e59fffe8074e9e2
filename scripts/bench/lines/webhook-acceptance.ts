import { compare } from "../measure/compare.ts";
import type { Lanes } from "../measure/load.ts";
import { loadSide, openLanes } from "../measure/load.ts";
import type { Line } from "./line.ts";
import { emptyInbox, requireStored } from "./stored-events.ts";
import { eventSource } from "./stripe-events.ts";

const ourPath = "/api/webhooks/stripe";

/** Taking Stripe's events in, with nobody working on them meanwhile. */
export const webhookAcceptance: Line = {
  name: "webhook-acceptance",
  about:
    "Signed events, all distinct, until the 200: against Express with the signature check alone, and stripe-sync-engine.",
  async run(bed, { rounds, roundMs, lanes, onRound }) {
    await emptyInbox(bed);
    const events = await eventSource(bed);
    // Memory providers stand for one process alone; then the worker is in it, and works while events come in.
    const env = { ROLE: bed.hasRedis ? "web" : "all" };
    const servers = [await bed.start("ours", { env }), await bed.start("bare"), await bed.start("syncEngine")] as const;
    const [ours, bare, syncEngine] = servers.map(({ url }) => openLanes(url, lanes));
    if (!ours || !bare || !syncEngine) throw new Error("A server is missing.");
    const webhookSide = (name: string, to: Lanes, path: string) =>
      loadSide({ name, lanes: to, roundMs, makeCalls: (count) => events.deliveries(path, count) });
    const table = await compare(
      { line: "webhook-acceptance", what: "accepted events", unit: "events/s", better: "more" },
      [
        webhookSide("ours", ours, ourPath),
        webhookSide("bare Express, signature only", bare, "/webhook"),
        webhookSide("stripe-sync-engine", syncEngine, "/webhook"),
      ],
      { rounds, onRound },
    );
    await requireStored(bed, events.countOf(ourPath));
    await Promise.all([ours, bare, syncEngine].map((lane) => lane.close()));
    await Promise.all(servers.map((server) => server.stop()));
    return table;
  },
};
