import { Client } from "undici";
import type { Side } from "./compare.ts";

/** A request as it goes out. */
export interface Call {
  method: "GET" | "POST";
  path: string;
  headers?: Record<string, string>;
  body?: string;
}

/** Connections that stay open, each with one request on its way at a time. */
export interface Lanes {
  /** Makes all calls, and answers how many went through in a second. Errors: an answer other than 200, with what it said. */
  run(calls: readonly Call[]): Promise<number>;
  close(): Promise<void>;
}

/** Opens the lanes to a server. */
export function openLanes(url: string, count: number): Lanes {
  const clients = Array.from({ length: count }, () => new Client(url));
  return {
    async run(calls) {
      const queue = calls.values();
      const startedAt = performance.now();
      await Promise.all(clients.map((client) => drain(client, queue)));
      return calls.length / ((performance.now() - startedAt) / 1000);
    },
    async close() {
      await Promise.all(clients.map((client) => client.close()));
    },
  };
}

async function drain(client: Client, queue: Iterable<Call>): Promise<void> {
  for (const call of queue) {
    const { statusCode, body } = await client.request({ headers: {}, ...call });
    if (statusCode === 200) await body.dump();
    else throw new Error(`${call.method} ${call.path} answered ${statusCode}: ${await body.text()}`);
  }
}

interface LoadOptions {
  name: string;
  lanes: Lanes;
  roundMs: number;
  /** Makes that many calls, none of which was made before. */
  makeCalls: (count: number) => Call[];
}

const firstTry = 200;

/**
 * A side that answers calls: each round as many as keep it busy for about `roundMs`, which the warm-up finds out. The
 * calls are made before the clock starts. The figure: calls per second.
 */
export function loadSide({ name, lanes, roundMs, makeCalls }: LoadOptions): Side {
  let perRound = 0;
  const warmUp = async (): Promise<void> => {
    await lanes.run(makeCalls(firstTry));
    const perSec = await lanes.run(makeCalls(firstTry));
    perRound = Math.max(50, Math.round((perSec * roundMs) / 1000));
    await lanes.run(makeCalls(perRound));
  };
  return {
    name,
    async measure() {
      if (perRound === 0) await warmUp();
      return lanes.run(makeCalls(perRound));
    },
  };
}
