import { objectOf } from "./canonical.ts";
import type { TypeNames } from "./name-types.ts";
import type { ApiShape, Doc, ObjectShape, Shape, TupleElement } from "./shape.ts";

/** Writes shapes as TypeScript. `indent` is the depth of the line the text continues. */
export interface TypePrinter {
  type(shape: Shape, indent: number): string;
  body(body: ObjectShape, indent: number): string;
}

/** Makes a printer that writes declared objects by name and the others in place. */
export function createPrinter(objects: ApiShape["objects"], names: TypeNames): TypePrinter {
  const printer: TypePrinter = {
    type: (shape, indent) => printShape(printer, shape, indent, (id) => names.nameOf(id) ?? objectOf(objects, id)),
    body: (body, indent) => printBody(printer, body, indent),
  };
  return printer;
}

function printShape(
  printer: TypePrinter,
  shape: Shape,
  indent: number,
  find: (id: number) => string | ObjectShape,
): string {
  const inner = (part: Shape): string => printer.type(part, indent);
  switch (shape.kind) {
    case "keyword":
      return shape.name;
    case "literal":
      return shape.text;
    case "array":
      return `${shape.isReadonly ? "readonly " : ""}${printElement(printer, shape.element, indent)}[]`;
    case "tuple":
      return `${shape.isReadonly ? "readonly " : ""}[${shape.elements.map((part) => printPlace(printer, part, indent)).join(", ")}]`;
    case "builtin":
      return shape.args.length === 0 ? shape.name : `${shape.name}<${shape.args.map(inner).join(", ")}>`;
    case "union":
      return shape.parts.map(inner).join(" | ");
    case "tracked":
      return `{ id: string; data: ${inner(shape.item)} }`;
    case "ref": {
      const found = find(shape.id);
      return typeof found === "string" ? found : printer.body(found, indent);
    }
    default:
      return shape satisfies never;
  }
}

function printElement(printer: TypePrinter, shape: Shape, indent: number): string {
  const text = printer.type(shape, indent);
  return shape.kind === "union" || text.startsWith("readonly ") ? `(${text})` : text;
}

function printPlace(printer: TypePrinter, { shape, modifier }: TupleElement, indent: number): string {
  if (modifier === "none") return printer.type(shape, indent);
  const element = printElement(printer, shape, indent);
  return modifier === "rest" ? `...${element}[]` : `${element}?`;
}

// An optional field keeps its `undefined`: the server takes it, and `exactOptionalPropertyTypes` tells the two apart.
function printBody(printer: TypePrinter, { fields, index }: ObjectShape, indent: number): string {
  if (fields.length + index.length === 0) return "{}";
  const pad = "  ".repeat(indent + 1);
  const lines = fields.map(({ name, isOptional, shape, doc }) => {
    const field = `${propertyName(name)}${isOptional ? "?" : ""}: ${printer.type(shape, indent + 1)};`;
    return `${printDoc(doc, indent + 1)}${pad}${field}\n`;
  });
  const signatures = index.map(
    ({ key, value }) => `${pad}[key: ${printer.type(key, indent)}]: ${printer.type(value, indent + 1)};\n`,
  );
  return `{\n${lines.join("")}${signatures.join("")}${"  ".repeat(indent)}}`;
}

/** A comment block ending in a newline, or nothing. */
export function printDoc(doc: Doc | null, indent: number): string {
  if (!doc) return "";
  const tags = doc.tags.map((tag) => `@${tag.name} ${tag.text}`.trim());
  const lines = [...(doc.text ? doc.text.split("\n") : []), ...tags].map((line) =>
    line.replaceAll("*/", "*\\/").trimEnd(),
  );
  const pad = "  ".repeat(indent);
  if (lines.length === 1) return `${pad}/** ${lines[0]} */\n`;
  return `${pad}/**\n${lines.map((line) => `${pad} * ${line}`.trimEnd()).join("\n")}\n${pad} */\n`;
}

/** A property name, quoted only where the language asks for it. */
export function propertyName(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}
