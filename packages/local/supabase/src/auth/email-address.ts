import { invalid } from "./errors.ts";

// What checkmail accepts, which GoTrue uses: an atom, one @, a dotted or single-label host.
const FORMAT =
  /^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$/;
const MAX_LENGTH = 255;

/** Says what is wrong with an address; null when nothing is. */
export function emailProblem(value: string): string | null {
  if (value === "") return "An email address is required";
  if (value.length > MAX_LENGTH) return "An email address is too long";
  return FORMAT.test(value) ? null : "Unable to validate email address: invalid format";
}

/** Returns the address in lower case. Errors: `validation_failed` when absent, too long or not an address. */
export function readEmailAddress(value: string): string {
  const problem = emailProblem(value);
  if (problem !== null) throw invalid(problem);
  return value.toLowerCase();
}
