import type { Ctx } from "../context.ts";
import { invalidRequest } from "../stripe-error.ts";
import { expandable, includable } from "./expandable-fields.ts";

type Node = Record<string, unknown>;

/**
 * Answers `expand[]`: replaces ids by objects and adds includable fields along each path. In a list a path starts with `data.`.
 * Errors: 400 for a path that is deeper than four levels or whose field cannot be expanded.
 * Source: docs.stripe.com/api/expanding_objects.
 */
export function expandAnswer(ctx: Ctx, answer: unknown, paths: readonly string[]): unknown {
  let expanded = answer;
  for (const path of paths) {
    const segments = path.split(".");
    const depth = segments.filter((segment) => segment !== "data").length;
    if (depth > 4) throw invalidRequest("You cannot expand more than 4 levels of a property.", { param: "expand" });
    expanded = expandPath(ctx, expanded, segments, path);
  }
  return expanded;
}

function expandPath(ctx: Ctx, value: unknown, segments: readonly string[], path: string): unknown {
  if (Array.isArray(value)) return value.map((entry) => expandPath(ctx, entry, segments, path));
  const [field, ...rest] = segments;
  if (!isNode(value) || field === undefined) return value;
  if (value.deleted === true) return value;
  const child = expandField(ctx, value, field, path);
  return { ...value, [field]: rest.length === 0 ? child : expandPath(ctx, child, rest, path) };
}

function expandField(ctx: Ctx, node: Node, field: string, path: string): unknown {
  const kind = typeof node.object === "string" ? node.object : "";
  const include = includable[kind]?.[field];
  const current = node[field];
  if (current === undefined && include !== undefined) return include(ctx, String(node.id));
  if (typeof current === "string") {
    if (expandable.has(field)) return ctx.store.findAny(current) ?? current;
    throw cannotExpand(field, path);
  }
  if (Array.isArray(current))
    return current.map((entry: unknown) => (typeof entry === "string" ? (ctx.store.findAny(entry) ?? entry) : entry));
  if (isNode(current)) return current;
  if (current === null && (expandable.has(field) || kind === "")) return null;
  throw cannotExpand(field, path);
}

function cannotExpand(field: string, path: string): Error {
  return invalidRequest(
    `This property cannot be expanded (${field}). You may want to try expanding '${path}' differently.`,
    {
      param: "expand",
    },
  );
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
