import { SyntaxKind, type Node } from "typescript/unstable/ast";
import {
  isCallExpression,
  isIdentifier,
  isObjectLiteralExpression,
  isPropertyAccessExpression,
  isVariableDeclaration,
} from "typescript/unstable/ast/is";
import type { Checker, Project, Symbol as TypeSymbol } from "typescript/unstable/sync";
import type { Doc, Origin } from "./shape.ts";

// Methods of a zod object that keep its fields, so that its variable still names the same body.
const bodyKeepers = new Set([
  "strict",
  "loose",
  "strip",
  "describe",
  "meta",
  "refine",
  "superRefine",
  "check",
  "readonly",
]);

/** The comment of a symbol, or null when it has none. */
export function docOf(checker: Checker, symbol: TypeSymbol): Doc | null {
  const text = checker.getDocumentationCommentOfSymbol(symbol).trim();
  const tags = checker.getJsDocTagsOfSymbol(symbol).map((tag) => ({ name: tag.name, text: tag.text ?? "" }));
  return text || tags.length > 0 ? { text, tags } : null;
}

/** The npm package that declares a symbol, or null for our own source. The compiler's own library counts as `typescript`. */
export function packageOf(symbol: TypeSymbol): string | null {
  const path = symbol.declarations[0]?.path ?? "";
  const at = path.lastIndexOf("/node_modules/");
  if (at === -1) return path.includes("/lib/lib.") ? "typescript" : null;
  const [first = "", second = ""] = path.slice(at + "/node_modules/".length).split("/");
  if (first === "@typescript") return "typescript";
  return first.startsWith("@") ? `${first}/${second}` : first;
}

/** The workspace package a path belongs to, by folder: `billing` of `packages/domains/billing/src/models.ts`. */
export function moduleOf(path: string): string {
  return /\/(?:packages\/[a-z]+|apps)\/([a-z0-9-]+)\/(?:src|test)\//.exec(path)?.[1] ?? "";
}

/**
 * Finds the name of an object body: its interface or type alias, or the variable that holds the zod object whose
 * literal declares exactly these fields. Null when it was written in place or put together from others.
 */
export function originOf(
  program: { checker: Checker; project: Project },
  named: TypeSymbol | undefined,
  fields: readonly TypeSymbol[],
): Origin | null {
  if (named && !named.name.startsWith("__") && packageOf(named) === null) {
    const path = named.declarations[0]?.path ?? "";
    return { name: named.name, module: moduleOf(path), doc: docOf(program.checker, named) };
  }
  const [first] = fields;
  const literal = first && literalOf(program.project, first);
  if (!literal || literal.properties.length !== fields.length) return null;
  if (!fields.every((field) => literalOf(program.project, field) === literal)) return null;
  const variable = variableOf(literal);
  const symbol = variable && program.checker.getSymbolAtLocation(variable);
  if (!symbol) return null;
  return {
    name: symbol.name,
    module: moduleOf(symbol.declarations[0]?.path ?? ""),
    doc: docOf(program.checker, symbol),
  };
}

function literalOf(project: Project, field: TypeSymbol) {
  const node = field.declarations[0]?.resolve(project)?.parent;
  return node && isObjectLiteralExpression(node) ? node : null;
}

function variableOf(literal: Node): Node | null {
  let node: Node = literal.parent;
  while (isCallExpression(node) || (isPropertyAccessExpression(node) && bodyKeepers.has(node.name.text)))
    node = node.parent;
  return isVariableDeclaration(node) && isIdentifier(node.name) && node.kind === SyntaxKind.VariableDeclaration
    ? node.name
    : null;
}
