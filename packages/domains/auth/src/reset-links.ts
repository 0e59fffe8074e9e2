import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { z } from "zod";
import type { Ctx } from "@turnpike/core";

/** How long a link whose password was refused may be tried again. */
const ttlSec = 15 * 60;

const Replacement = z.object({ iv: z.base64(), tag: z.base64(), text: z.base64() });

// The cache knows the hash of a link only, and the text is locked by the link itself: who reads the cache gets nothing.
function derive(purpose: "key" | "name", tokenHash: string): Buffer {
  return createHash("sha256").update(`reset-link:${purpose}:${tokenHash}`).digest();
}

function cacheKey(tokenHash: string): string {
  return `auth.reset_link:${derive("name", tokenHash).toString("base64url")}`;
}

/** Lets a used link stand for a fresh one, so that whoever holds it may try again. */
export async function replaceLink(ctx: Ctx, usedTokenHash: string, freshTokenHash: string): Promise<void> {
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", derive("key", usedTokenHash), iv);
  const text = Buffer.concat([cipher.update(freshTokenHash, "utf8"), cipher.final()]);
  const replacement = { iv, tag: cipher.getAuthTag(), text };
  const encoded = Object.fromEntries(
    Object.entries(replacement).map(([name, part]) => [name, part.toString("base64")]),
  );
  await ctx.cache.set(cacheKey(usedTokenHash), encoded, ttlSec);
}

/** What a link stands for now: itself, or the fresh one that replaced it. */
export async function currentLink(ctx: Ctx, tokenHash: string): Promise<string> {
  const found = Replacement.safeParse(await ctx.cache.get(cacheKey(tokenHash)));
  if (!found.success) return tokenHash;
  const [iv, tag, text] = [found.data.iv, found.data.tag, found.data.text].map((part) => Buffer.from(part, "base64"));
  if (!iv || !tag || !text) return tokenHash;
  const decipher = createDecipheriv("aes-256-gcm", derive("key", tokenHash), iv).setAuthTag(tag);
  return Buffer.concat([decipher.update(text), decipher.final()]).toString("utf8");
}

/** Forgets what a link stood for: it has done its work. */
export async function forgetLink(ctx: Ctx, tokenHash: string): Promise<void> {
  await ctx.cache.delete(cacheKey(tokenHash));
}
