import { z } from "zod";
import { text } from "../http/params.ts";

/** Stripe's address parameter; what is not given is null. */
export const address = () =>
  z
    .strictObject({
      city: text().optional(),
      country: text(2).optional(),
      line1: text().optional(),
      line2: text().optional(),
      postal_code: text(40).optional(),
      state: text().optional(),
    })
    .transform((given) => ({
      city: given.city ?? null,
      country: given.country ?? null,
      line1: given.line1 ?? null,
      line2: given.line2 ?? null,
      postal_code: given.postal_code ?? null,
      state: given.state ?? null,
    }));

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/**
 * The same object without the keys that are undefined, so that a spread does not overwrite with nothing.
 * The cast is sound: only keys whose value is undefined are left out, which is what Defined says.
 */
export function compact<T extends object>(value: T): Defined<T> {
  // oxlint-disable-next-line typescript/consistent-type-assertions -- the reason stands above
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as Defined<T>;
}
