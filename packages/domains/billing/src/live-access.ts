import { z } from "zod";
import type { Ctx } from "@turnpike/core";
import { eventsChannel } from "@turnpike/core";
import { events } from "./events.ts";
import { dropAccess } from "./service/access-cache.ts";

const Message = z.object({ name: z.literal(events.access_changed.name), organizationId: z.string() });

const subscriptions: (() => Promise<void>)[] = [];

/** Forgets what is kept of an organization as soon as any instance says that its access has changed. */
export async function dropAccessOnChange(ctx: Ctx): Promise<void> {
  const end = await ctx.bus.subscribe(eventsChannel, (message) => {
    const changed = Message.safeParse(message).data;
    if (!changed) return;
    dropAccess(ctx, changed.organizationId).catch((error: unknown) =>
      ctx.log.warn("billing.access_not_dropped", { error: String(error) }),
    );
  });
  subscriptions.push(end);
}

/** Ends what `dropAccessOnChange` began. */
export async function stopDropping(): Promise<void> {
  for (const end of subscriptions.splice(0)) await end();
}
