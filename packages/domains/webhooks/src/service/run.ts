import type { Job } from "@turnpike/core";
import type { InboxRow } from "../queries.ts";

/** The job that works off a subject; given in, because a failure enqueues it again. */
export type SubjectJob = Job<{ subject: string }>;

/** Events taken under a lease. */
export interface Run {
  subject: string;
  ticket: number;
  rows: InboxRow[];
  /** The database's clock after the newest of them was committed and before anything is read back. */
  asOf: Date;
}
