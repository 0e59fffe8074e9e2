import { z } from "zod";

/** A mail that was caught. */
export const Message = z.object({
  /** uuid v7: later mails sort after earlier ones. */
  id: z.string(),
  /** The From header, as in `Turnpike <hello@turnpike.test>`; the envelope's sender when there is none. */
  from: z.string(),
  /** Addresses the mail was really sent to, in lower case: those of the envelope, blind copies included. */
  to: z.array(z.string()),
  subject: z.string(),
  /** ISO time, UTC. No two mails have the same. */
  receivedAt: z.string(),
  /** The plain part, null when the mail has none. */
  text: z.string().nullable(),
  /** The HTML part, null when the mail has none. */
  html: z.string().nullable(),
  /** Headers as sent, unfolded, names in lower case; lines of one name are joined with a line feed. */
  headers: z.record(z.string(), z.string()),
  /** http and https addresses of both parts, in order, each once. */
  links: z.array(z.string()),
  attachments: z.array(z.object({ fileName: z.string().nullable(), contentType: z.string(), sizeBytes: z.number() })),
});
export type Message = z.infer<typeof Message>;
