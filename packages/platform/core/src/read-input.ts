import superjson from "superjson";
import { z } from "zod";
import { coreErrors } from "./errors.ts";

/** Deeper than any input of ours, shallower than what exhausts a stack. */
const maxDepth = 32;

// superjson can also make RegExp, Error, BigInt, Map, Set, URL, typed arrays and classes of what a caller sends: a slow
// pattern, or gigabytes from one number. `number` stands for NaN, the infinities and -0.
const Type = z.tuple([z.enum(["Date", "undefined", "number"])]);

const Envelope = z.object({
  json: z.unknown().optional(),
  meta: z
    .object({
      values: z.union([Type, z.record(z.string().refine(isSafePath), Type)]).optional(),
      v: z.literal(1).optional(),
      // Objects that the caller used twice. `json` holds each of them whole, so they need not be made one again.
      referentialEqualities: z.unknown().optional(),
    })
    .optional(),
});

/**
 * Reads the input of a call as superjson wrote it, with only the types that our inputs have: JSON, Date, undefined and
 * the numbers that JSON lacks. Errors: core.invalid_input, for anything else, for more than 32 levels, and for text
 * that PostgreSQL cannot keep or that is not Unicode (NUL, half a surrogate pair), with an issue at its field.
 */
export function readInput(payload: unknown): unknown {
  const envelope = Envelope.safeParse(payload);
  if (!envelope.success) throw coreErrors.invalid_input({ border: "envelope" });
  const { json, meta } = envelope.data;
  requirePlain(json);
  // Built of what was checked alone: superjson takes whatever else it finds in an envelope for its own.
  return superjson.deserialize({
    json: asJson(json),
    ...(meta?.values && { meta: { values: meta.values, ...(meta.v && { v: meta.v }) } }),
  });
}

function isSafePath(path: string): boolean {
  return path.split(".").length <= maxDepth;
}

/** Walks without recursion, so that no depth can exhaust the stack before it is refused. */
function requirePlain(json: unknown): void {
  const left: { value: unknown; path: string[] }[] = [{ value: json, path: [] }];
  for (let next = left.pop(); next; next = left.pop()) {
    const { value, path } = next;
    if (typeof value === "string" && !isPlainText(value)) throw refusal(path, "Use Unicode text without NUL.");
    if (typeof value !== "object" || value === null) continue;
    if (path.length >= maxDepth) throw refusal([], `Nest at most ${maxDepth} levels.`);
    for (const [key, child] of Object.entries(value)) {
      if (!isPlainText(key)) throw refusal(path, "Use Unicode text without NUL.");
      // Copied, it would be the prototype of what it stands in.
      if (key === "__proto__") throw refusal(path, "Use no key of that name.");
      left.push({ value: child, path: [...path, key] });
    }
  }
}

function isPlainText(text: string): boolean {
  return text.isWellFormed() && !text.includes("\0");
}

function refusal(path: string[], message: string): Error {
  return coreErrors.invalid_input(undefined, { fieldIssues: [{ path: path.join("."), message }] });
}

// What JSON.parse gave is what superjson calls a JSON value; only the type does not know.
function asJson(json: unknown): Parameters<typeof superjson.deserialize>[0]["json"] {
  // oxlint-disable-next-line typescript/consistent-type-assertions -- the reason stands above
  return json as Parameters<typeof superjson.deserialize>[0]["json"];
}
