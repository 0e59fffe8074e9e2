import { z } from "zod";

/** What happens when a trial ends and there is no card. */
export const trialSettings = () =>
  z.strictObject({
    end_behavior: z.strictObject({
      missing_payment_method: z.enum(["cancel", "create_invoice", "pause"]).default("create_invoice"),
      billing_cycle_anchor: z.enum(["now"]).optional(),
    }),
  });
