import type { Line } from "./line.ts";
import { memory } from "./memory.ts";
import { publicQuery } from "./public-query.ts";
import { start } from "./start.ts";
import { tenantRead } from "./tenant-read.ts";
import { webhookAcceptance } from "./webhook-acceptance.ts";
import { webhookEffect } from "./webhook-effect.ts";

/** All lines, in the order in which they run. */
export const allLines: readonly Line[] = [publicQuery, tenantRead, webhookAcceptance, webhookEffect, start, memory];
