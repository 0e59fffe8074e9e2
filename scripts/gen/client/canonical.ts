import type { ApiShape, ObjectShape, Shape } from "./shape.ts";

/** Equal text for equal bodies: the key under which objects that look the same become one declaration. */
export interface Canonical {
  keyOf(id: number): string;
  isRecursive(id: number): boolean;
}

interface Writing {
  objects: ApiShape["objects"];
  recursive: Set<number>;
}

/** Prepares the keys of an API's objects. A body that contains itself is written with the distance to itself. */
export function createCanonical(objects: ApiShape["objects"]): Canonical {
  const writing: Writing = { objects, recursive: new Set() };
  const keys = new Map<number, string>();
  const keyOf = (id: number): string => {
    const key = keys.get(id) ?? writeRef(writing, id, []);
    keys.set(id, key);
    return key;
  };
  return {
    keyOf,
    isRecursive(id) {
      keyOf(id);
      return writing.recursive.has(id);
    },
  };
}

function write(writing: Writing, shape: Shape, trail: readonly number[]): string {
  const inner = (part: Shape): string => write(writing, part, trail);
  switch (shape.kind) {
    case "keyword":
      return shape.name;
    case "literal":
      return shape.text;
    case "array":
      return `${shape.isReadonly ? "r" : ""}[${inner(shape.element)}]`;
    case "tuple":
      return `(${shape.isReadonly}:${shape.elements.map((element) => element.modifier + inner(element.shape)).join()})`;
    case "builtin":
      return `${shape.name}<${shape.args.map(inner).join()}>`;
    case "union":
      return shape.parts.map(inner).join("|");
    case "tracked":
      return `tracked<${inner(shape.item)}>`;
    case "ref":
      return writeRef(writing, shape.id, trail);
    default:
      return shape satisfies never;
  }
}

function writeRef(writing: Writing, id: number, trail: readonly number[]): string {
  const at = trail.indexOf(id);
  if (at !== -1) {
    writing.recursive.add(id);
    return `^${trail.length - at}`;
  }
  return writeObject(writing, objectOf(writing.objects, id), [...trail, id]);
}

function writeObject(writing: Writing, { origin, fields, index }: ObjectShape, trail: readonly number[]): string {
  const inner = (part: Shape): string => write(writing, part, trail);
  const named = origin ? `${origin.module}/${origin.name}` : "";
  const members = fields.map((field) => `${field.name}${field.isOptional ? "?" : ""}:${inner(field.shape)}`);
  const signatures = index.map(({ key, value }) => `[${inner(key)}]:${inner(value)}`);
  return `${named}{${[...members, ...signatures].join(";")}}`;
}

/** The object behind a reference. Errors: a reference into nothing, which only a bug of the reader can make. */
export function objectOf(objects: ApiShape["objects"], id: number): ObjectShape {
  const body = objects.get(id);
  if (!body) throw new Error(`The reader left object ${id} without a body.`);
  return body;
}
