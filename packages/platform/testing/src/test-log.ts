import type { Log } from "@turnpike/core";

/** One line of a log. */
export interface LogEntry {
  level: "debug" | "info" | "warn" | "error";
  event: string;
  fields: Record<string, unknown>;
}

/** A log that keeps its lines for a test to look at. */
export interface TestLog extends Log {
  entries: LogEntry[];
}

/** Makes a log that keeps its lines; its children write to the same ones. */
export function createTestLog(entries: LogEntry[] = [], bound: Record<string, unknown> = {}): TestLog {
  const write =
    (level: LogEntry["level"]) =>
    (event: string, fields?: Record<string, unknown>): void =>
      void entries.push({ level, event, fields: { ...bound, ...fields } });
  return {
    entries,
    debug: write("debug"),
    info: write("info"),
    warn: write("warn"),
    error: write("error"),
    child: (fields) => createTestLog(entries, { ...bound, ...fields }),
  };
}
