import { objectOf } from "../../client/canonical.ts";
import { nameTypes } from "../../client/name-types.ts";
import { createPrinter, printDoc } from "../../client/print-type.ts";
import type { ApiShape, Shape } from "../../client/shape.ts";

/** A type as TypeScript. `name` is what the client calls it, null when it has no name. */
export interface PrintedType {
  name: string | null;
  text: string;
  isOptional: boolean;
}

/** A type that others refer to by name. */
export interface TypeSection {
  name: string;
  text: string;
}

/** Writes types as the client has them, and keeps count of those that were only named. */
export interface TypeText {
  print(shape: Shape): PrintedType;
  /** Every type that was named so far, and those which these name. */
  sections(): TypeSection[];
}

/** Prepares the texts of an API's types. */
export function createTypeText(api: ApiShape): TypeText {
  const names = nameTypes(api);
  const named = new Set<string>();
  const count = (id: number): string | null => {
    const name = names.nameOf(id);
    if (name !== null) named.add(name);
    return name;
  };
  const printer = createPrinter(api.objects, { nameOf: count, declarations: names.declarations });
  return {
    print(shape) {
      const { isOptional, rest } = withoutUndefined(shape);
      const isRef = rest.kind === "ref";
      const text = isRef ? printer.body(objectOf(api.objects, rest.id), 0) : printer.type(rest, 0);
      return { name: isRef ? names.nameOf(rest.id) : null, text, isOptional };
    },
    sections() {
      const texts = new Map<string, string>();
      // A set goes on over what is added to it meanwhile: the types that a type names.
      for (const name of named) {
        const body = names.declarations.find((declaration) => declaration.name === name)?.body;
        if (body) texts.set(name, printDoc(body.origin?.doc ?? null, 0) + `interface ${name} ${printer.body(body, 0)}`);
      }
      const all = [...texts].map(([name, text]) => ({ name, text }));
      return all.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    },
  };
}

function withoutUndefined(shape: Shape): { isOptional: boolean; rest: Shape } {
  if (shape.kind !== "union") return { isOptional: false, rest: shape };
  const parts = shape.parts.filter((part) => part.kind !== "keyword" || !["undefined", "void"].includes(part.name));
  const isOptional = parts.length < shape.parts.length;
  const [only] = parts;
  return { isOptional, rest: only && parts.length === 1 ? only : { kind: "union", parts } };
}
