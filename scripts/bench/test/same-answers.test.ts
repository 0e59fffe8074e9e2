import superjson from "superjson";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { openBed } from "../bed/open-bed.ts";
import { bareCall, signedInCall } from "../lines/tenant-read.ts";
import { queryCall } from "../lines/trpc-call.ts";
import type { Call } from "../measure/load.ts";

const Answer = z.object({ result: z.object({ data: z.object({ json: z.unknown(), meta: z.unknown().optional() }) }) });

async function answerOf(url: string, { path, headers = {} }: Call): Promise<unknown> {
  const response = await fetch(`${url}${path}`, { headers });
  const { json, meta } = Answer.parse(await response.json()).result.data;
  return superjson.parse(JSON.stringify({ json, meta }));
}

test(
  "the bare server answers both procedures as ours does, so that both do the same work",
  { timeout: 110_000 },
  async () => {
    const bed = await openBed({ serverUrl: undefined, isWithoutRedis: false, people: 4, onProgress: () => undefined });
    onTestFinished(() => bed.close());
    const [member] = await bed.members();
    if (!member) throw new Error("Nobody signed up.");
    const [ours, bare] = [await bed.start("ours"), await bed.start("bare")];
    const products = queryCall("products.list", undefined);
    const ourProducts = await answerOf(ours.url, products);
    expect(z.object({ items: z.array(z.unknown()).min(2) }).safeParse(ourProducts).success).toBe(true);
    expect(await answerOf(bare.url, products)).toEqual(ourProducts);
    const organization = await answerOf(ours.url, signedInCall(member));
    expect(organization).toMatchObject({ id: member.organizationId, createdAt: expect.any(Date) });
    expect(await answerOf(bare.url, bareCall("organizations.get", member))).toEqual(organization);
    expect(await answerOf(bare.url, bareCall("organizations.getInTransaction", member))).toEqual(organization);
  },
);
