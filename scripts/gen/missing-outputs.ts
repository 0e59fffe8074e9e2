import { pathToFileURL } from "node:url";
import { property } from "./property.ts";

/**
 * Names the queries and mutations without `.output(…)`. Their type would be whatever the code returns, and nothing would
 * strip what a caller must not see. Subscriptions are held by their type alone. Loads the router that `entry` exports.
 */
export async function findMissingOutputs(entry: string): Promise<string[]> {
  const imported: unknown = await import(pathToFileURL(entry).href);
  const procedures = property(property(property(imported, "appRouter"), "_def"), "procedures");
  if (typeof procedures !== "object" || procedures === null) throw new Error(`${entry} exports no appRouter.`);
  return Object.entries(procedures).flatMap(([path, procedure]) => {
    const definition = property(procedure, "_def");
    const isSubscription = property(definition, "type") === "subscription";
    const hasOutput = property(definition, "output") !== undefined;
    return isSubscription || hasOutput ? [] : [`${path} output: has no schema; add .output(…)`];
  });
}
