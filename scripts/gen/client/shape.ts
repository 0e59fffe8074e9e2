/** A comment that travels with a declaration: its text and its tags, ready to print. */
export interface Doc {
  text: string;
  tags: { name: string; text: string }[];
}

/**
 * A type as data: what the checker said, free of the compiler's own objects. `ref` points into the table of objects;
 * `tracked` is what a subscription tells: an item with the id to resume after.
 */
export type Shape =
  | { kind: "keyword"; name: string }
  | { kind: "literal"; text: string }
  | { kind: "array"; element: Shape; isReadonly: boolean }
  | { kind: "tuple"; elements: TupleElement[]; isReadonly: boolean }
  | { kind: "builtin"; name: string; args: Shape[] }
  | { kind: "union"; parts: Shape[] }
  | { kind: "tracked"; item: Shape }
  | { kind: "ref"; id: number };

/** One place of a tuple. */
export interface TupleElement {
  shape: Shape;
  modifier: "none" | "optional" | "rest";
}

/** One field of an object. */
export interface Field {
  name: string;
  isOptional: boolean;
  shape: Shape;
  doc: Doc | null;
}

/** Where a schema or type was given its name: `module` is the package's folder name. */
export interface Origin {
  name: string;
  module: string;
  doc: Doc | null;
}

/** An object body. `origin` is null for a body written in place. */
export interface ObjectShape {
  origin: Origin | null;
  fields: Field[];
  index: { key: Shape; value: Shape }[];
}

/** One procedure as the client sees it. */
export interface ProcedureShape {
  path: string[];
  kind: "query" | "mutation" | "subscription";
  doc: Doc | null;
  input: Shape;
  output: Shape;
}

/** A domain event of a module: its name below the module, and the shape of its data. */
export interface EventShape {
  name: string;
  doc: Doc | null;
  data: Shape;
}

/** What types and comments say of a module besides its procedures. `httpDoc` is the comment of what mounts its HTTP routes. */
export interface ModuleShape {
  name: string;
  events: EventShape[];
  httpDoc: Doc | null;
}

/** The whole API, read from the router's type. `problems` are leaks and other reasons to refuse it. */
export interface ApiShape {
  procedures: ProcedureShape[];
  modules: ModuleShape[];
  errorShape: Shape;
  objects: ReadonlyMap<number, ObjectShape>;
  problems: string[];
}
