import type { Line } from "./line.ts";
import { publicQuery } from "./public-query.ts";
import { webhookAcceptance } from "./webhook-acceptance.ts";
import { webhookEffect } from "./webhook-effect.ts";

/** All lines, in the order in which they run. */
export const allLines: readonly Line[] = [publicQuery, webhookAcceptance, webhookEffect];
