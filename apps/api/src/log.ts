import { pino } from "pino";
import type { Logger } from "pino";
import type { Log } from "@turnpike/core";

/** A log of JSON lines on standard output, with what looks like a secret taken out. */
export function createLog(level: string): Log {
  return wrap(
    pino({
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { error: errorFields },
      redact: {
        paths: ["password", "token", "accessToken", "refreshToken", "authorization", "secret", "email"],
        remove: true,
      },
    }),
  );
}

function wrap(logger: Logger): Log {
  return {
    debug: (event, fields) => logger.debug(fields ?? {}, event),
    info: (event, fields) => logger.info(fields ?? {}, event),
    warn: (event, fields) => logger.warn(fields ?? {}, event),
    error: (event, fields) => logger.error(fields ?? {}, event),
    child: (fields) => wrap(logger.child(fields)),
  };
}

/** An error with its causes. Messages of PostgreSQL's `detail` are left out: they quote rows. */
function errorFields(error: unknown): unknown {
  if (!(error instanceof Error)) return { message: scrub(String(error)) };
  return {
    name: error.name,
    message: scrub(error.message),
    stack: error.stack
      ?.split("\n")
      .filter((line) => line.startsWith("    at "))
      .map((line) => scrub(line.trim())),
    ...("code" in error && { code: error.code }),
    ...(error.cause !== undefined && { cause: errorFields(error.cause) }),
  };
}

// An address ends in letters and has no slash: otherwise the versioned folders in a stack were taken for one.
const secretShapes =
  /\b(?:sk|rk|whsec|sb_secret)_[A-Za-z0-9_]+|\beyJ[\w-]+\.[\w-]+\.[\w-]+|[^\s@"'<>/]+@[^\s@"'<>/]+\.\p{L}{2,}/gu;

function scrub(text: string): string {
  return text.replaceAll(secretShapes, "[redacted]");
}
