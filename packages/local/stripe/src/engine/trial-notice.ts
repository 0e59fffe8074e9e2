import type { Ctx } from "../context.ts";
import { emit } from "../events/record.ts";
import type { Subscription } from "../model/billing.ts";
import { trialNoticeSec } from "./timers.ts";

/** A trial shorter than the notice is announced at once: its timer would lie in the past. */
export function announceShortTrial(ctx: Ctx, subscription: Subscription): void {
  if (subscription.status !== "trialing" || subscription.trial_end === null) return;
  if (subscription.trial_end - trialNoticeSec > ctx.now) return;
  emit(ctx, "customer.subscription.trial_will_end", subscription);
}
