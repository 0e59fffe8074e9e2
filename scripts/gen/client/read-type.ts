import { ElementFlags, SignatureKind, SymbolFlags, TypeFlags } from "typescript/unstable/sync";
import type { Checker, Project, Symbol as TypeSymbol, TupleType, Type, TypeReference } from "typescript/unstable/sync";
import { docOf, originOf, packageOf } from "./origin.ts";
import type { Field, ObjectShape, Shape, TupleElement } from "./shape.ts";

/** One reading of a program: what was read so far, and what a client must not see. */
export interface Reading {
  checker: Checker;
  project: Project;
  objects: Map<number, ObjectShape>;
  problems: Set<string>;
}

// What superjson carries whole, so that the server's type is the client's, with how many type arguments are kept.
const builtins = new Map([
  ["Date", 0],
  ["RegExp", 0],
  ["Map", 2],
  ["Set", 1],
  ["ReadonlyMap", 2],
  ["ReadonlySet", 1],
  ["Uint8Array", 0],
  ["AsyncIterable", 1],
  ["AsyncGenerator", 1],
]);

const keywords: readonly [TypeFlags, string][] = [
  [TypeFlags.Unknown, "unknown"],
  [TypeFlags.Undefined, "undefined"],
  [TypeFlags.Null, "null"],
  [TypeFlags.Void, "void"],
  [TypeFlags.String, "string"],
  [TypeFlags.Number, "number"],
  [TypeFlags.BigInt, "bigint"],
  [TypeFlags.Never, "never"],
  [TypeFlags.NonPrimitive, "object"],
];

const maxObjects = 20_000;
const unknownShape: Shape = { kind: "keyword", name: "unknown" };

/** Turns a type into a shape. What cannot travel is reported under `where` and read as unknown, so that one run names all. */
export function readType(reading: Reading, type: Type, where: string): Shape {
  if (type.flags & TypeFlags.Any) return refuse(reading, where, "is any; give it a zod schema");
  if (type.flags & TypeFlags.Boolean) return { kind: "keyword", name: "boolean" };
  if (type.isLiteralType()) return { kind: "literal", text: literalText(type.value) };
  if (type.isUnionType()) return readUnion(reading, type.getTypes(), where);
  const keyword = keywords.find(([flag]) => type.flags & flag);
  if (keyword) return { kind: "keyword", name: keyword[1] };
  const text = reading.checker.typeToString(type);
  if (type.flags & TypeFlags.TemplateLiteral) return { kind: "keyword", name: text };
  if (type.isObjectType() || isObjectIntersection(type)) return readObject(reading, type, where);
  return refuse(reading, where, `is ${text}, which has no plain form`);
}

function refuse({ problems }: Reading, where: string, reason: string): Shape {
  problems.add(`${where}: ${reason}`);
  return unknownShape;
}

function leak(reading: Reading, symbol: TypeSymbol, where: string): Shape {
  const name = symbol.name.replace(/^__@(\w+)@.*/, "$1");
  return refuse(reading, where, `leaks ${name} from ${packageOf(symbol) ?? "a class of ours"}`);
}

function readUnion(reading: Reading, types: readonly Type[], where: string): Shape {
  const isBoolean = types.filter((type) => type.isBooleanLiteralType()).length === 2;
  const rest = isBoolean ? types.filter((type) => !type.isBooleanLiteralType()) : types;
  const parts = rest.map((type) => readType(reading, type, where));
  if (isBoolean) parts.push({ kind: "keyword", name: "boolean" });
  return { kind: "union", parts: nullishLast(parts) };
}

function readObject(reading: Reading, type: Type, where: string): Shape {
  const sequence = type.isTypeReference() ? readSequence(reading, type, where) : null;
  if (sequence) return sequence;
  const symbol = type.getSymbol();
  const isNamed = symbol !== undefined && Boolean(symbol.flags & (SymbolFlags.Class | SymbolFlags.Interface));
  if (!isNamed) return readBody(reading, type, where);
  const owner = packageOf(symbol);
  const keptArguments = owner === "typescript" ? builtins.get(symbol.name) : undefined;
  if (keptArguments !== undefined) {
    const args = type.isTypeReference() ? reading.checker.getTypeArguments(type).slice(0, keptArguments) : [];
    return { kind: "builtin", name: symbol.name, args: args.map((arg) => readType(reading, arg, where)) };
  }
  if (owner === "@trpc/server" && symbol.name === "TrackedData" && type.isTypeReference()) {
    const [item] = reading.checker.getTypeArguments(type);
    return { kind: "tracked", item: item ? readType(reading, item, where) : unknownShape };
  }
  return owner ? leak(reading, symbol, where) : readBody(reading, type, where);
}

function readSequence(reading: Reading, type: TypeReference, where: string): Shape | null {
  const target = type.getTarget();
  const args = reading.checker.getTypeArguments(type);
  if (target.isTupleType()) return readTuple(reading, args, target, where);
  if (!reading.checker.isArrayType(type)) return null;
  const element = args[0] ? readType(reading, args[0], where) : unknownShape;
  return { kind: "array", element, isReadonly: target.getSymbol()?.name === "ReadonlyArray" };
}

function readTuple(reading: Reading, types: readonly Type[], target: TupleType, where: string): Shape {
  const elements = types.map((type, at): TupleElement => {
    const flags = target.elementFlags[at] ?? ElementFlags.Required;
    const modifier = flags & ElementFlags.Optional ? "optional" : flags & ElementFlags.Rest ? "rest" : "none";
    return { shape: readType(reading, type, where), modifier };
  });
  return { kind: "tuple", elements, isReadonly: target.readonly };
}

function readBody(reading: Reading, type: Type, where: string): Shape {
  const { checker, objects } = reading;
  if (objects.has(type.id)) return { kind: "ref", id: type.id };
  if (objects.size > maxObjects) return refuse(reading, where, "never ends; a recursive schema must be one constant");
  const signatures = [SignatureKind.Call, SignatureKind.Construct].flatMap((kind) =>
    checker.getSignaturesOfType(type, kind),
  );
  if (signatures.length > 0) return refuse(reading, where, "is a function, which cannot travel");
  const symbols = checker.getPropertiesOfType(type);
  const foreign = symbols.find((symbol) => packageOf(symbol) !== null || symbol.name.startsWith("__@"));
  if (foreign) return leak(reading, foreign, where);

  const body: ObjectShape = { origin: null, fields: [], index: [] };
  objects.set(type.id, body);
  body.origin = originOf(reading, type.getAliasSymbol() ?? type.getSymbol(), symbols);
  body.fields = symbols.map((symbol) => readField(reading, symbol, where));
  body.index = checker.getIndexInfosOfType(type).map(({ keyType, valueType }) => ({
    key: readType(reading, keyType, where),
    value: readType(reading, valueType, where),
  }));
  return { kind: "ref", id: type.id };
}

function readField(reading: Reading, symbol: TypeSymbol, where: string): Field {
  const type = reading.checker.getTypeOfSymbol(symbol);
  const shape = type ? readType(reading, type, where) : unknownShape;
  const isOptional = Boolean(symbol.flags & SymbolFlags.Optional);
  return { name: symbol.name, isOptional, shape, doc: docOf(reading.checker, symbol) };
}

function isObjectIntersection(type: Type): boolean {
  return type.isIntersectionType() && type.getTypes().every((part) => part.isObjectType());
}

function literalText(value: string | number | boolean | bigint): string {
  return typeof value === "bigint" ? `${value}n` : JSON.stringify(value);
}

// The checker sorts members by its own ids; a reader expects `T | null`.
function nullishLast(parts: readonly Shape[]): Shape[] {
  const rank = (part: Shape): number => (part.kind === "keyword" ? ["null", "undefined"].indexOf(part.name) : -1);
  return parts.toSorted((a, b) => rank(a) - rank(b));
}
