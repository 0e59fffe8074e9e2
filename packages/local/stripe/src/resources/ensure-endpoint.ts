import type { World } from "../world.ts";
import { createEndpoint } from "./webhook-endpoints.ts";

/** Makes the endpoint of the start options, or brings the one of an earlier start up to date, so that restarts add none. */
export function ensureEndpoint(world: World, webhook: { url: string; secret: string; enabledEvents?: string[] }): void {
  const { store } = world;
  const ctx = { store, now: world.clock.nowSec() };
  store.transaction(() => {
    const kept = store.find("webhook_endpoint", store.readMeta("start_endpoint") ?? "");
    const enabledEvents = webhook.enabledEvents ?? ["*"];
    if (kept === null) {
      const endpoint = createEndpoint(ctx, { url: webhook.url, enabled_events: enabledEvents, secret: webhook.secret });
      store.writeMeta("start_endpoint", endpoint.id);
      return;
    }
    store.put({ ...kept, url: webhook.url, enabled_events: enabledEvents, status: "enabled" }, ctx.now, {
      secret: webhook.secret,
    });
  });
}
