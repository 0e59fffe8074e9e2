import { createCanonical, objectOf } from "./canonical.ts";
import type { ApiShape, ObjectShape, Origin, Shape } from "./shape.ts";

/** A body that gets a declaration of its own. */
export interface NamedType {
  name: string;
  body: ObjectShape;
}

/** Which objects are declared under which name; the rest is written in place. */
export interface TypeNames {
  nameOf(id: number): string | null;
  declarations: NamedType[];
}

interface Group {
  key: string;
  body: ObjectShape;
  isInput: boolean;
  path: string[];
  isRecursive: boolean;
}

/** Names that a declaration must not take: ours in the same file, and globals that bodies refer to. */
const taken = [
  "Api AppRouter AppRouterRecord ErrorShape Query Mutation Subscription OptionalQuery OptionalMutation OptionalSubscription",
  "TRPCBuiltRouter Client ClientOptions CallOptions SubscriptionHandlers RunningSubscription Fresh TurnpikeError",
  "TurnpikeErrorDetails FieldIssue EventSourceLike EventSourceRequest EventSourceConstructor",
  "Array AsyncIterable Date Error Map Object Promise Record RegExp Set Uint8Array",
].flatMap((line) => line.split(" "));

/**
 * Decides which bodies are declared: those with a name in our source and those that contain themselves. A name used by two modules is prefixed by the module in both; the input side of a schema whose sides
 * differ ends in `Input`.
 */
export function nameTypes(api: ApiShape): TypeNames {
  const canonical = createCanonical(api.objects);
  const groups = collectGroups(api, canonical);
  const declared = [...groups.values()].filter((group) => group.body.origin || group.isRecursive);
  const names = assignNames(declared);
  const declarations = declared
    .map((group) => ({ name: names.get(group.key) ?? "", body: group.body }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return { nameOf: (id) => names.get(canonical.keyOf(id)) ?? null, declarations };
}

function collectGroups(api: ApiShape, canonical: ReturnType<typeof createCanonical>): Map<string, Group> {
  const groups = new Map<string, Group>();
  const visit = (shape: Shape, isInput: boolean, path: string[]): void => {
    for (const id of refsOf(shape)) {
      const key = canonical.keyOf(id);
      if (groups.has(key)) continue;
      const body = objectOf(api.objects, id);
      groups.set(key, { key, body, isInput, path, isRecursive: canonical.isRecursive(id) });
      for (const field of body.fields) visit(field.shape, isInput, [...path, field.name]);
      for (const { value } of body.index) visit(value, isInput, [...path, "value"]);
    }
  };
  visit(api.errorShape, false, ["error", "shape"]);
  // Outputs first: the plain name belongs to what a client reads.
  for (const procedure of api.procedures) visit(procedure.output, false, [...procedure.path, "output"]);
  for (const procedure of api.procedures) visit(procedure.input, true, [...procedure.path, "input"]);
  return groups;
}

function refsOf(shape: Shape): number[] {
  switch (shape.kind) {
    case "ref":
      return [shape.id];
    case "array":
      return refsOf(shape.element);
    case "tuple":
      return shape.elements.flatMap((element) => refsOf(element.shape));
    case "builtin":
      return shape.args.flatMap(refsOf);
    case "union":
      return shape.parts.flatMap(refsOf);
    case "tracked":
      return refsOf(shape.item);
    case "keyword":
    case "literal":
      return [];
    default:
      return shape satisfies never;
  }
}

function assignNames(groups: readonly Group[]): Map<string, string> {
  const origins = groups.flatMap(({ body }) => body.origin ?? []);
  const shared = new Set(
    origins.filter((origin) => origins.some((other) => isNamesake(origin, other))).map(({ name }) => name),
  );
  const names = new Map<string, string>();
  const used = new Set(taken);
  for (const group of groups) {
    const wishes = wishedNames(group, shared);
    const name = wishes.find((wish) => !used.has(wish)) ?? numbered(wishes.at(-1) ?? pascal(group.path), used);
    used.add(name);
    names.set(group.key, name);
  }
  return names;
}

function isNamesake(one: Origin, other: Origin): boolean {
  return one.name === other.name && one.module !== other.module;
}

// In order of preference. A name that two modules use is taken plainly by neither, so that adding a module renames nothing twice.
function wishedNames({ body: { origin }, isInput, path }: Group, shared: ReadonlySet<string>): string[] {
  if (!origin) return [pascal(path)];
  const plain = shared.has(origin.name) ? [] : [pascal([origin.name])];
  const names = [...plain, pascal([origin.module, origin.name])];
  return isInput ? names.flatMap((name) => [name, asInput(name)]) : names;
}

function asInput(name: string): string {
  return name.endsWith("Input") ? `${name}Value` : `${name}Input`;
}

function numbered(name: string, used: ReadonlySet<string>): string {
  let number = 2;
  while (used.has(`${name}${number}`)) number += 1;
  return `${name}${number}`;
}

function pascal(parts: readonly string[]): string {
  const words = parts.flatMap((part) => part.split(/[^A-Za-z0-9]+/)).filter(Boolean);
  return words.map((word) => word[0]?.toUpperCase() + word.slice(1)).join("");
}
