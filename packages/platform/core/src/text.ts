import { z } from "zod";

/** Text that can be passed on and kept: no unpaired surrogate, which is no Unicode, and no NUL, which PostgreSQL refuses. */
export const StorableText = z
  .string()
  .refine((text) => text.isWellFormed() && !text.includes("\0"), "Use no NUL and no broken characters.");

/** One line: a name, a code, an id, a URL. No control characters, no unpaired surrogates. */
export const Text = z.string().regex(/^[^\p{Cc}\p{Cs}]*$/u, "Use no control characters.");

/** What people write at length: as `Text`, and it may have lines and tabs. */
export const MultilineText = z
  .string()
  .regex(/^(?:[^\p{Cc}\p{Cs}]|[\t\n\r])*$/u, "Use no control characters but line breaks and tabs.");
