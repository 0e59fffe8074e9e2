import { newId } from "@turnpike/core";
import type { HttpHost } from "@turnpike/core";
import { createGroupCommit } from "./group-commit.ts";
import type { GroupCommit, GroupLimits } from "./group-commit.ts";
import { storeEvents } from "./service/store-events.ts";
import type { IncomingEvent } from "./service/store-events.ts";

const mebibyte = 1024 * 1024;

/** An event has some kilobytes, so a batch fills by its rows; what may wait is stored well within Stripe's patience of some seconds. */
export const intakeLimits: GroupLimits = {
  batchItems: 250,
  batchBytes: 4 * mebibyte,
  heldItems: 2000,
  heldBytes: 32 * mebibyte,
};

/**
 * What a process stores deliveries through: those that arrive while others are being stored go together, in one
 * transaction on one connection, so that a storm leaves the pool to everybody else. It keeps nothing that no request
 * waits for: when the last one is answered it is empty.
 */
export function createIntake(host: HttpHost, limits = intakeLimits): GroupCommit<IncomingEvent> {
  return createGroupCommit({
    write(events) {
      const ctx = host.createCtx({ type: "webhook", source: "stripe" }, { requestId: newId(), clientAddress: "local" });
      return storeEvents(ctx, events);
    },
    sizeBytesOf: ({ sizeBytes }) => sizeBytes,
    isItemFault: isRowFault,
    limits,
  });
}

/**
 * Whether PostgreSQL refused a statement for what is in one of its rows: data exceptions, integrity violations, limits of
 * size, what a trigger raised. Source: https://www.postgresql.org/docs/current/errcodes-appendix.html.
 */
function isRowFault(error: unknown): boolean {
  return error instanceof Error && "code" in error && /^(22|23|54|P0)/.test(String(error.code));
}
