import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism, cpus, loadavg, platform, totalmem } from "node:os";
import { z } from "zod";
import type { Bed } from "./bed/open-bed.ts";

const Manifest = z.object({ version: z.string() });

/** What the figures were measured on, and how much else ran there, in one line. */
export function describeMachine({ databases, hasRedis }: Bed): string {
  const gigabytes = Math.round(totalmem() / 1e9);
  return [
    `${cpus()[0]?.model.trim() ?? "unknown processor"} × ${availableParallelism()}, ${gigabytes} GB, ${platform()}`,
    `load ${(loadavg()[0] ?? 0).toFixed(1)} at the start`,
    `Node ${process.versions.node}`,
    databases.version,
    hasRedis
      ? "Redis for cache, limits and bus, the worker apart"
      : "cache, limits and bus in memory, the worker in the same process",
    `stripe-sync-engine ${versionOf("@supabase/stripe-sync-engine")}`,
    `tRPC ${versionOf("@trpc/server")}, Express ${versionOf("express")}`,
  ].join("; ");
}

/** The version of a package that this folder uses. */
function versionOf(name: string): string {
  const paths = createRequire(import.meta.url).resolve.paths(name) ?? [];
  for (const path of paths) {
    const manifest = readManifest(`${path}/${name}/package.json`);
    if (manifest) return manifest.version;
  }
  return "of unknown version";
}

function readManifest(file: string): z.output<typeof Manifest> | undefined {
  try {
    return Manifest.safeParse(JSON.parse(readFileSync(file, "utf8"))).data;
  } catch {
    return undefined;
  }
}
