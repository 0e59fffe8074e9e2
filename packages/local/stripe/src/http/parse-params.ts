import type { z } from "zod";
import { type StripeError, invalidRequest, parameterMissing } from "../stripe-error.ts";
import type { Form } from "./form.ts";

type Issue = z.core.$ZodIssue;

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
    return invalidRequest(`Received unknown parameter: ${unknown}`, { code: "parameter_unknown", param: unknown });
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
    return invalidRequest(`Invalid ${issue.expected}: ${JSON.stringify(raw)}`, {
      param,
      ...codeOfType(issue.expected),
    });
  }
  const code: unknown = issue.code === "custom" ? issue.params?.code : undefined;
  return invalidRequest(issue.message, { param, ...(typeof code === "string" ? { code } : {}) });
}

function codeOfType(expected: string): { code?: string } {
  return expected === "string" ? { code: "parameter_invalid_string" } : {};
}

function bracketed(path: readonly PropertyKey[]): string {
  return path.map((part, depth) => (depth === 0 ? String(part) : `[${String(part)}]`)).join("");
}

function valueAt(form: unknown, path: readonly PropertyKey[]): unknown {
  let value = form;
  for (const part of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = Object.entries(value).find(([key]) => key === String(part))?.[1];
  }
  return value;
}
