import { Pool } from "pg";
import type { Member } from "../bed/seed.ts";
import type { Side } from "../measure/compare.ts";
import { compare } from "../measure/compare.ts";
import type { Call } from "../measure/load.ts";
import { loadSide, openLanes } from "../measure/load.ts";
import { readAsMember } from "../servers/naked-transaction.ts";
import type { Line } from "./line.ts";
import { queryCall } from "./trpc-call.ts";

/** `organizations.get` of a signed-in member, under row level security. */
export const tenantRead: Line = {
  name: "tenant-read",
  about:
    "organizations.get of a signed-in member, against no sign-in, against no platform, and against the naked transaction.",
  async run(bed, { rounds, roundMs, lanes, onRound }) {
    const members = await bed.members();
    const [ours, bare] = await Promise.all([bed.start("ours"), bed.start("bare")]);
    const toOurs = openLanes(ours.url, lanes);
    const toBare = openLanes(bare.url, lanes);
    const pool = new Pool({ connectionString: bed.databases.apiUrl, max: Number(bed.env["DATABASE_POOL_MAX"]) });
    const bareSide = (name: string, procedure: string) =>
      loadSide({ name, lanes: toBare, roundMs, makeCalls: callsOf(members, (member) => bareCall(procedure, member)) });
    const table = await compare(
      { line: "tenant-read", what: "organizations.get", unit: "calls/s", better: "more" },
      [
        loadSide({ name: "ours", lanes: toOurs, roundMs, makeCalls: callsOf(members, signedInCall) }),
        bareSide("bare tRPC on Express, one statement, no RLS", "organizations.get"),
        bareSide("bare tRPC on Express, transaction under RLS", "organizations.getInTransaction"),
        transactionSide(pool, members, { roundMs, lanes }),
      ],
      { rounds, onRound },
    );
    await Promise.all([toOurs.close(), toBare.close(), pool.end()]);
    await Promise.all([ours.stop(), bare.stop()]);
    return table;
  },
};

/** Makes calls of the members in turn, so that nobody's limit is reached. */
function callsOf(members: readonly Member[], callOf: (member: Member) => Call): (count: number) => Call[] {
  const calls = members.map(callOf);
  let made = 0;
  return (count) =>
    Array.from({ length: count }, () => calls[(made += 1) % calls.length]).flatMap((call) => call ?? []);
}

/** A call of ours by a member who is signed in. */
export function signedInCall({ organizationId, accessToken }: Member): Call {
  return queryCall("organizations.get", { organizationId }, { authorization: `Bearer ${accessToken}` });
}

/** The same call of the bare server, which is told who it is. */
export function bareCall(procedure: string, { organizationId, userId }: Member): Call {
  return queryCall(procedure, { organizationId, userId });
}

/** The transaction alone, from this process, with no HTTP around it. The figure: transactions per second. */
function transactionSide(pool: Pool, members: readonly Member[], load: { roundMs: number; lanes: number }): Side {
  const lane = async (until: number, at: number): Promise<number> => {
    let done = 0;
    for (; performance.now() < until; done += 1) {
      const member = members[(at + done) % members.length];
      if (member) await readAsMember(pool, member.userId, member.organizationId);
    }
    return done;
  };
  return {
    name: "the transaction alone, no HTTP",
    async measure() {
      const startedAt = performance.now();
      const lanes = Array.from({ length: load.lanes }, (_, at) => lane(startedAt + load.roundMs, at));
      const done = (await Promise.all(lanes)).reduce((sum, count) => sum + count, 0);
      return done / ((performance.now() - startedAt) / 1000);
    },
  };
}
