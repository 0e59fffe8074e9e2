import { createHash } from "node:crypto";
import type { Store } from "../storage/store.ts";
import { StripeError } from "../stripe-error.ts";

const lifetimeMs = 24 * 3600 * 1000;

/** An answer kept under an idempotency key. */
export interface KeptAnswer {
  status: number;
  body: string;
  requestId: string;
}

/** What makes two requests the same: method, path and the exact form. */
export function fingerprintOf(method: string, path: string, form: string): string {
  return createHash("sha256").update(`${method} ${path}\n${form}`).digest("hex");
}

/**
 * The answer kept under `key` within 24 h, or null.
 * Errors: 400 `idempotency_error` when the key was used with other parameters.
 */
export function findKept(store: Store, key: string, fingerprint: string): KeptAnswer | null {
  store.database.prepare("DELETE FROM idempotency WHERE at_ms < ?").run(Date.now() - lifetimeMs);
  const row = store.database.prepare("SELECT * FROM idempotency WHERE key = ?").get(key);
  if (row === undefined) return null;
  if (row.fingerprint !== fingerprint) {
    throw new StripeError(
      400,
      "idempotency_error",
      `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
    );
  }
  return { status: Number(row.status), body: String(row.body), requestId: String(row.request_id) };
}

/** Keeps an answer under its key. Called in the transaction of the request, so that the two are one. */
export function keepAnswer(store: Store, key: string, fingerprint: string, answer: KeptAnswer): void {
  store.database
    .prepare(
      "INSERT OR IGNORE INTO idempotency (key, fingerprint, status, body, request_id, at_ms) VALUES (?, ?, ?, ?, ?, ?)",
    )
    .run(key, fingerprint, answer.status, answer.body, answer.requestId, Date.now());
}
