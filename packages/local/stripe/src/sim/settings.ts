import { z } from "zod";
import { decode } from "../storage/decode.ts";
import type { Store } from "../storage/store.ts";

/**
 * How this account treats failed renewals and how deliveries misbehave.
 * `dunning.retryAfterSec`: pauses between payment attempts; `dunning.finally`: what happens after the last one.
 * `delivery`: paused = kept until unpaused; delayMs = each new delivery waits; duplicate = each goes out twice; shuffle = random order.
 */
export const Settings = z.strictObject({
  dunning: z.strictObject({
    retryAfterSec: z.array(z.int().positive()).max(20),
    finally: z.enum(["cancel", "unpaid", "past_due"]),
  }),
  delivery: z.strictObject({
    paused: z.boolean(),
    shuffle: z.boolean(),
    duplicate: z.boolean(),
    delayMs: z.int().nonnegative(),
  }),
  /** Seconds a renewal's invoice stays a draft. */
  draftSec: z.int().nonnegative(),
});
export type Settings = z.infer<typeof Settings>;

const day = 86_400;

/** Stripe's own defaults, as far as an account has them. */
export const defaultSettings: Settings = {
  dunning: { retryAfterSec: [3 * day, 5 * day, 7 * day], finally: "cancel" },
  delivery: { paused: false, shuffle: false, duplicate: false, delayMs: 0 },
  draftSec: 3600,
};

/** The persisted settings, or the defaults. */
export function readSettings(store: Store): Settings {
  const text = store.readMeta("settings");
  return text === null ? defaultSettings : decode<Settings>(text);
}

/** Keeps settings for this and later starts. */
export function writeSettings(store: Store, settings: Settings): void {
  store.writeMeta("settings", JSON.stringify(settings));
}
