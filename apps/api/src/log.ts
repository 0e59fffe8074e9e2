import { pino } from "pino";
import type { DestinationStream, Logger } from "pino";
import type { Log } from "@turnpike/core";
import { loggable } from "./loggable.ts";

/** A log of JSON lines on standard output, or to `destination`, with what looks like a secret taken out of every field. */
export function createLog(level: string, destination?: DestinationStream): Log {
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  return wrap(destination ? pino(options, destination) : pino(options));
}

type Level = "debug" | "info" | "warn" | "error";

function wrap(logger: Logger): Log {
  const write =
    (level: Level) =>
    (event: string, fields?: Record<string, unknown>): void => {
      // Looking through fields that nobody will read costs as much.
      if (logger.isLevelEnabled(level)) logger[level](fields ? loggable(fields) : {}, event);
    };
  return {
    debug: write("debug"),
    info: write("info"),
    warn: write("warn"),
    error: write("error"),
    child: (fields) => wrap(logger.child(loggable(fields))),
  };
}
