import superjson from "superjson";
import type { Call } from "../measure/load.ts";

/** A query of tRPC as a client without batching sends it. */
export function queryCall(procedure: string, input: unknown, headers: Record<string, string> = {}): Call {
  const search = input === undefined ? "" : `?input=${encodeURIComponent(superjson.stringify(input))}`;
  return { method: "GET", path: `/trpc/${procedure}${search}`, headers };
}

let callers = 0;

/** Headers of a caller at an address of its own, as the proxy in front reports it; an address comes back after 65 536 others. */
export function fromNewAddress(): Record<string, string> {
  callers = (callers + 1) % 65_536;
  return { "x-forwarded-for": `10.1.${callers >> 8}.${callers & 255}` };
}
