import type { Node, ObjectLiteralExpression } from "typescript/unstable/ast";
import {
  isCallExpression,
  isIdentifier,
  isObjectLiteralExpression,
  isPropertyAccessExpression,
  isVariableDeclaration,
} from "typescript/unstable/ast/is";
import type { Checker, Project, Symbol as TypeSymbol } from "typescript/unstable/sync";
import type { Doc, Origin } from "./shape.ts";

// Methods after which a zod object still has the fields of its literal, so that the variable names the same body.
const bodyKeepers = new Set(
  "strict loose strip describe meta refine superRefine check readonly optional nullable nullish default prefault catch".split(
    " ",
  ),
);
const bodyExtenders = new Set(["extend", "safeExtend"]);

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
 * literal declares these fields, alone or by extending another. Null when it was written in place or picked from others.
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
  const variable = variableOf(literalsOf(program.project, fields), fields.length);
  const symbol = variable && program.checker.getSymbolAtLocation(variable);
  if (!symbol) return null;
  const path = symbol.declarations[0]?.path ?? "";
  return { name: symbol.name, module: moduleOf(path), doc: docOf(program.checker, symbol) };
}

type Literal = ObjectLiteralExpression;

// The literals that declare the fields, each with how many of its own fields are here; none when a field has another origin.
function literalsOf(project: Project, fields: readonly TypeSymbol[]): Map<Literal, number> {
  const literals = new Map<Literal, number>();
  for (const field of fields) {
    const parent = field.declarations[0]?.resolve(project)?.parent;
    if (!parent || !isObjectLiteralExpression(parent)) return new Map();
    literals.set(parent, (literals.get(parent) ?? 0) + 1);
  }
  return literals;
}

function variableOf(literals: ReadonlyMap<Literal, number>, fieldCount: number): Node | null {
  for (const [literal, count] of literals) {
    const isWhole = literal.properties.length === count;
    const isNaming = count === fieldCount || isExtension(literal);
    const variable = isWhole && isNaming ? holderOf(literal) : null;
    if (variable) return variable;
  }
  return null;
}

function isExtension(literal: Literal): boolean {
  const call = literal.parent;
  if (!isCallExpression(call) || !isPropertyAccessExpression(call.expression)) return false;
  return bodyExtenders.has(call.expression.name.text);
}

function holderOf(literal: Literal): Node | null {
  let node: Node = literal.parent;
  while (isCallExpression(node) || (isPropertyAccessExpression(node) && bodyKeepers.has(node.name.text))) {
    node = node.parent;
  }
  return isVariableDeclaration(node) && isIdentifier(node.name) ? node.name : null;
}
