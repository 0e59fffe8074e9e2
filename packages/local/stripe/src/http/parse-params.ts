import type { z } from "zod";
import { type StripeError, invalidRequest, parameterMissing } from "../stripe-error.ts";
import { bracketed, type Form } from "./form.ts";

type Issue = z.core.$ZodIssue;

/** Parameters that Stripe took before the version spoken here, and what to send now. */
const removed: Readonly<Record<string, string>> = {
  payment_method_types: ". It was removed in API version 2026-10-28.endive; use `allowed_payment_method_types`.",
};

/**
 * Checks a form against a route's schema and returns its values.
 * Errors, as Stripe words them: `parameter_unknown`, `parameter_missing`, `parameter_invalid_empty`,
 * `parameter_invalid_integer` and others; `param` is the path in brackets (`items[0][price]`).
 */
export function parseParams<S extends z.ZodType>(schema: S, form: Form): z.output<S> {
  const result = schema.safeParse(form);
  if (result.success) return result.data;
  const [first] = result.error.issues;
  throw first === undefined ? invalidRequest("Invalid request.") : toStripeError(innermost(first), form);
}

/** A union fails with the issues of each branch; the branch that got furthest tells what was wrong. */
function innermost(issue: Issue, prefix: PropertyKey[] = []): Issue {
  const path = [...prefix, ...issue.path];
  if (issue.code !== "invalid_union") return { ...issue, path };
  const candidates = issue.errors.flatMap((branch) => branch.slice(0, 1));
  const [deepest] = candidates.toSorted((a, b) => b.path.length - a.path.length);
  return deepest === undefined ? { ...issue, path } : innermost(deepest, path);
}

function toStripeError(issue: Issue, form: Form): StripeError {
  const param = bracketed(issue.path);
  if (issue.code === "unrecognized_keys") {
    const unknown = bracketed([...issue.path, issue.keys[0] ?? ""]);
    const hint = removed[unknown] ?? "";
    return invalidRequest(`Received unknown parameter: ${unknown}${hint}`, {
      code: "parameter_unknown",
      param: unknown,
    });
  }
  const raw = valueAt(form, issue.path);
  if (raw === undefined) return parameterMissing(param);
  if (raw === "") {
    const message = `You passed an empty string for '${param}'. We assume empty values are an attempt to unset a parameter; however '${param}' cannot be unset.`;
    return invalidRequest(message, { code: "parameter_invalid_empty", param });
  }
  if (issue.code === "invalid_value") {
    return invalidRequest(`Invalid ${param}: must be one of ${issue.values.map(String).join(", ")}`, { param });
  }
  if (issue.code === "invalid_type") {
    const expected = issue.expected === "record" ? "object" : issue.expected;
    return invalidRequest(`Invalid ${expected}: ${JSON.stringify(raw)}`, {
      param,
      ...codeOfType(issue.expected),
    });
  }
  if (issue.code === "too_big" || issue.code === "too_small") return outOfBounds(issue, param);
  const code: unknown = issue.code === "custom" ? issue.params?.code : undefined;
  return invalidRequest(issue.message, { param, ...(typeof code === "string" ? { code } : {}) });
}

function outOfBounds(issue: z.core.$ZodIssueTooBig | z.core.$ZodIssueTooSmall, param: string): StripeError {
  const bound = issue.code === "too_big" ? `at most ${issue.maximum}` : `at least ${issue.minimum}`;
  const unit = issue.origin === "string" ? "characters" : "entries";
  return invalidRequest(`Invalid ${param}: must have ${bound} ${unit}`, { param });
}

function codeOfType(expected: string): { code?: string } {
  return expected === "string" ? { code: "parameter_invalid_string" } : {};
}

function valueAt(form: unknown, path: readonly PropertyKey[]): unknown {
  let value = form;
  for (const part of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = Object.entries(value).find(([key]) => key === String(part))?.[1];
  }
  return value;
}
