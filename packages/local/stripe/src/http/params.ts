import { z } from "zod";
import { currencies } from "./currencies.ts";

/**
 * Building blocks for the parameters of routes. Everything arrives as form text.
 * A `params.code` on an issue is the Stripe error code it becomes (see parse-params.ts).
 */
export const text = (max = 5000) => z.string().max(max);

/** An integer within bounds, as a number. Error: `parameter_invalid_integer`. */
export function integer(min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER) {
  return z.string().transform((raw, refinement) => {
    const value = Number(raw);
    if (/^[+-]?\d{1,15}$/.test(raw) && value >= min && value <= max) return value;
    const message = /^[+-]?\d+$/.test(raw)
      ? value < min
        ? `This value must be greater than or equal to ${min}.`
        : `This value must be less than or equal to ${max}.`
      : `Invalid integer: ${raw}`;
    refinement.addIssue({ code: "custom", message, params: { code: "parameter_invalid_integer" } });
    return z.NEVER;
  });
}

/** An amount in the smallest unit of its currency, at most eight digits as at Stripe. */
export const amount = (min = 0) => integer(min, 99_999_999);

/** A number of things bought. */
export const quantity = (min = 0) => integer(min, 999_999);

/** Unix seconds. */
export const timestamp = () => integer(0, 9_999_999_999);

/** `true` or `false`, as a boolean. */
export const flag = () => z.enum(["true", "false"]).transform((raw) => raw === "true");

/** One of Stripe's currencies; upper case is accepted and lowered, as Stripe does. */
export const currency = () =>
  z
    .string()
    .transform((raw) => raw.toLowerCase())
    .refine((code) => currencies.includes(code), {
      error: ({ input }) =>
        `Invalid currency: ${String(input)}. Stripe currently supports these currencies: ${currencies.join(", ")}`,
    });

/** An absolute http(s) URL. Error: `url_invalid`. */
export function url() {
  return text(5000).refine((raw) => URL.canParse(raw) && /^https?:\/\//i.test(raw), {
    message: "Not a valid URL",
    params: { code: "url_invalid" },
  });
}

/** An e-mail address. Error: `email_invalid`. */
export function email() {
  return text(512).refine((raw) => /^[^\s@<>"]+@[^\s@<>"]+$/.test(raw), {
    message: "Invalid email address",
    params: { code: "email_invalid" },
  });
}

/** Lets `''` through as null: Stripe's way to unset a field. */
export const emptyable = <S extends z.ZodType>(schema: S) =>
  z.preprocess((raw) => (raw === "" ? null : raw), schema.nullable());

/** Metadata: at most 50 keys; an empty value deletes its key, an empty string deletes all. */
export const metadata = () =>
  emptyable(
    z.record(z.string(), z.string()).superRefine((given, refinement) => {
      const problem = metadataProblem(given);
      if (problem !== null) refinement.addIssue({ code: "custom", message: problem });
    }),
  );

/** What Stripe says of metadata over its bounds: 50 keys, 40 characters in a key, 500 in a value. */
function metadataProblem(given: Record<string, string>): string | null {
  const count = Object.keys(given).length;
  if (count > 50) return `Metadata can have up to 50 keys, but you've set ${count}.`;
  for (const [key, value] of Object.entries(given)) {
    if (key.length > 40)
      return `Metadata keys can have up to 40 characters, but you passed in a key that is ${key.length} characters. Invalid key: ${key}`;
    if (value.length > 500)
      return `Metadata values can have up to 500 characters, but you passed in a value that is ${value.length} characters. Invalid value: ${value}`;
  }
  return null;
}

/** `limit`, `starting_after`, `ending_before`: every list has them. */
export const paging = {
  limit: integer(1, 100).optional(),
  starting_after: text().optional(),
  ending_before: text().optional(),
};

/** A `created` filter: one moment or a range of unix seconds. */
export const created = () =>
  z
    .union([
      timestamp().transform((at) => ({ gte: at, lte: at })),
      z.strictObject({
        gt: timestamp().optional(),
        gte: timestamp().optional(),
        lt: timestamp().optional(),
        lte: timestamp().optional(),
      }),
    ])
    .optional();

/** Applies a metadata parameter to what an object has. */
export function mergeMetadata(
  current: Record<string, string>,
  change: Record<string, string> | null | undefined,
): Record<string, string> {
  if (change === undefined) return current;
  if (change === null) return {};
  return Object.fromEntries(Object.entries({ ...current, ...change }).filter(([, value]) => value !== ""));
}
