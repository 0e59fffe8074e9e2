import { z } from "zod";

/** Parameters that a route takes in any shape and does nothing with; the list beside the route says which and why. */
export function ignoredParams<const K extends string>(names: readonly K[]): Record<K, z.ZodOptional<z.ZodUnknown>> {
  // The keys are exactly the names; fromEntries only knows that they are strings.
  // oxlint-disable-next-line typescript/consistent-type-assertions -- the reason stands above
  return Object.fromEntries(names.map((name) => [name, z.unknown().optional()])) as Record<
    K,
    z.ZodOptional<z.ZodUnknown>
  >;
}
