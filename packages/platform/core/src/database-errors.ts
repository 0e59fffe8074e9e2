// 08 connection, 53 out of connections, memory or disk; shut down, crashed, starting up, idle for too long; read-only as
// a replica is, or a Supabase project whose disk is full.
const downSqlStates = /^(?:08...|53...|57P01|57P02|57P03|57P05|25006)$/;

const downSystemCodes = new Set([
  "EAI_AGAIN",
  "ECONNABORTED",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EPIPE",
  "ERR_STREAM_DESTROYED",
  "ETIMEDOUT",
]);

// The driver and the query builder have no codes of their own.
const downMessages =
  /connection terminated|timeout exceeded when trying to connect|client has encountered a connection error|client was closed and is not queryable|connection has been discarded|cannot use a pool after calling end|driver has already been destroyed/i;

// Serialization, deadlock, lock not given in time, statement out of time, transaction idle for too long.
const idleTransactionEnded = "25P03";
const busySqlStates = new Set(["40001", "40P01", "55P03", "57014", idleTransactionEnded]);

/**
 * Whether an error says that PostgreSQL cannot be reached, as opposed to having refused a statement. Whatever ends the
 * session counts (severity FATAL): a pooler says all of its troubles so, with codes that mean little. All but the end of a
 * transaction of ours that was left idle, which says that the database is well.
 * Source: `pg`; PostgreSQL's appendix A; pgbouncer and Supavisor, whose errors are 08P01 and XX000.
 */
export function isDatabaseDown(error: unknown): boolean {
  return someCause(error, (cause) => {
    const code = textOf(cause, "code");
    const severity = textOf(cause, "severity");
    if (code === idleTransactionEnded) return false;
    if (severity === "FATAL" || severity === "PANIC") return true;
    return downSqlStates.test(code) || downSystemCodes.has(code) || downMessages.test(cause.message);
  });
}

/** Whether PostgreSQL gave up on a statement that may well go through at another time. */
export function isDatabaseBusy(error: unknown): boolean {
  return someCause(error, (cause) => busySqlStates.has(textOf(cause, "code")));
}

function someCause(error: unknown, test: (cause: Error) => boolean): boolean {
  if (!(error instanceof Error)) return false;
  if (test(error)) return true;
  if (error instanceof AggregateError) return error.errors.some((one) => someCause(one, test));
  return someCause(error.cause, test);
}

function textOf(error: Error, property: "code" | "severity"): string {
  const value: unknown = property in error ? Reflect.get(error, property) : undefined;
  return typeof value === "string" ? value : "";
}
