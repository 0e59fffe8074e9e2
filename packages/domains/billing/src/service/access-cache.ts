import { z } from "zod";
import type { Cache, Ctx } from "@turnpike/core";
import { AccessFacts } from "../access-facts.ts";
import { loadAccessFacts } from "../access-load.ts";

const maxAgeSec = 60;

const CachedFacts = z.object({ readAt: z.coerce.date(), facts: AccessFacts });

/** How often this process has dropped facts, per cache: facts read before a drop are not worth keeping. */
const drops = new WeakMap<Cache, number>();

/**
 * What access of an organization is decided from. Facts are kept for at most 60 seconds, and decisions never: each is
 * made against the clock, so none outlives its `until`.
 */
export async function cachedAccessFacts(ctx: Ctx, organizationId: string): Promise<AccessFacts> {
  const cached = CachedFacts.safeParse(await ctx.cache.get(keyOf(organizationId))).data;
  if (cached && Math.abs(ctx.now().getTime() - cached.readAt.getTime()) < maxAgeSec * 1000) return cached.facts;
  const dropsBefore = drops.get(ctx.cache);
  const readAt = ctx.now();
  const facts = await readAccessFacts(ctx, organizationId);
  if (drops.get(ctx.cache) === dropsBefore) await ctx.cache.set(keyOf(organizationId), { readAt, facts }, maxAgeSec);
  return facts;
}

/** The same, straight from the database. */
export function readAccessFacts(ctx: Ctx, organizationId: string): Promise<AccessFacts> {
  return ctx.system("decide access").tx((tx) => loadAccessFacts(tx, organizationId));
}

/** Forgets what was kept of an organization: something of it has changed. */
export async function dropAccess(ctx: Ctx, organizationId: string): Promise<void> {
  drops.set(ctx.cache, (drops.get(ctx.cache) ?? 0) + 1);
  await ctx.cache.delete(keyOf(organizationId));
}

function keyOf(organizationId: string): string {
  return `billing:access:${organizationId}`;
}
