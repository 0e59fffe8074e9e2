import { scrub } from "./scrub.ts";

// What is kept under such a name is never for a log, whatever it looks like.
const secretName =
  /pass(?:word|phrase|code)|secret|token|authorization|cookie|signature|api[-_]?key|credential|e-?mail|recovery|^otp$|headers|body|payload/i;
const redacted = "[redacted]";
const maxDepth = 6;
const maxItems = 50;

/** The fields of a log line without secrets: by their names at any depth, and by their looks in every text. */
export function loggable(fields: Record<string, unknown>): Record<string, unknown> {
  return recordOf(fields, 0);
}

function recordOf(fields: object, depth: number): Record<string, unknown> {
  const safe: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields).slice(0, maxItems))
    safe[name] = isSecretName(name) && isTelling(value) ? redacted : valueOf(value, depth + 1);
  return safe;
}

const judgedNames = new Map<string, boolean>();
const maxJudged = 1000;

/** The same few names come on every line, and a look-up costs less than the look. */
function isSecretName(name: string): boolean {
  const judged = judgedNames.get(name);
  if (judged !== undefined) return judged;
  const isSecret = secretName.test(name);
  if (judgedNames.size < maxJudged) judgedNames.set(name, isSecret);
  return isSecret;
}

/** Whether a value could hold a secret: `hasToken: true` and `expiresInSec` of one do not. */
function isTelling(value: unknown): boolean {
  return value !== undefined && value !== null && typeof value !== "boolean";
}

function valueOf(value: unknown, depth: number): unknown {
  if (typeof value === "string") return scrub(value);
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Date) return value;
  if (depth > maxDepth) return "[deep]";
  if (value instanceof Error) return errorFields(value, depth);
  if (Array.isArray(value)) return value.slice(0, maxItems).map((item: unknown) => valueOf(item, depth + 1));
  if (ArrayBuffer.isView(value)) return "[bytes]";
  return recordOf(value, depth);
}

/** An error with its causes, and nothing else of what hangs on it: PostgreSQL's `detail` quotes rows, Stripe's `raw` a request. */
function errorFields(error: Error, depth: number): Record<string, unknown> {
  const { cause } = error;
  return {
    name: error.name,
    message: scrub(messageOf(error)),
    stack: error.stack
      ?.split("\n")
      .filter((line) => line.startsWith("    at "))
      .map((line) => scrub(line.trim())),
    ...("code" in error && { code: valueOf(error.code, depth + 1) }),
    ...(error instanceof AggregateError && { errors: valueOf(error.errors, depth + 1) }),
    ...(cause !== undefined && { cause: valueOf(cause, depth + 1) }),
  };
}

/** V8 quotes the text that is no JSON, which is a body as a rule. */
function messageOf(error: Error): string {
  return error instanceof SyntaxError
    ? error.message.replace(/"[^]*"(?=[. ]*is not valid JSON)/, redacted)
    : error.message;
}
