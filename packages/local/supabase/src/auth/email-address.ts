import { invalid } from "./errors.ts";

// What checkmail accepts, which GoTrue uses: an atom, one @, a dotted or single-label host.
const FORMAT =
  /^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$/;
const MAX_LENGTH = 255;

/** Returns the address in lower case. Errors: `validation_failed` when absent, too long or not an address. */
export function readEmailAddress(value: string): string {
  if (value === "") throw invalid("An email address is required");
  if (value.length > MAX_LENGTH) throw invalid("An email address is too long");
  if (!FORMAT.test(value)) throw invalid("Unable to validate email address: invalid format");
  return value.toLowerCase();
}
