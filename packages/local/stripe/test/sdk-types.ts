import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** A field of an interface in the SDK's declarations: whether it may be absent, and its type as written. */
export interface Field {
  isOptional: boolean;
  type: string;
}
/** Interfaces of one declaration file by qualified name (`Subscription.PauseCollection`). */
export type Declarations = Map<string, Map<string, Field>>;

const resources = join(dirname(fileURLToPath(import.meta.resolve("stripe"))), "resources");

/** Reads the interfaces of one resource of the installed SDK, for example `Subscriptions` or `Checkout/Sessions`. */
export function readDeclarations(resource: string): Declarations {
  const text = readFileSync(join(resources, `${resource}.d.ts`), "utf8").replaceAll(/\/\*\*[\s\S]*?\*\//g, "");
  const found: Declarations = new Map();
  const scopes: { name: string; fields: Map<string, Field> | null }[] = [];
  for (const line of text.split("\n")) {
    const opened = /^\s*(?:export )?(?:declare )?(namespace|interface|class) (\w+).*\{\s*(\}?)\s*$/.exec(line);
    if (opened !== null) {
      const [, kind, name = "", closed] = opened;
      const qualified = [...scopes.map((scope) => scope.name).filter((part) => part !== ""), name].join(".");
      const fields = kind === "interface" ? new Map<string, Field>() : null;
      if (fields !== null) found.set(qualified, fields);
      if (closed !== "}") scopes.push({ name, fields });
      continue;
    }
    const field = /^\s*(\w+)(\??): (.+?)[;{]\s*$/.exec(line);
    const scope = scopes.at(-1);
    if (field !== null && scope?.fields) {
      scope.fields.set(field[1] ?? "", { isOptional: field[2] === "?", type: (field[3] ?? "").trim() });
    }
    if (/\{\s*$/.test(line)) scopes.push({ name: "", fields: null });
    else if (/^\s*\};?\s*$/.test(line)) scopes.pop();
  }
  return found;
}

/** Where an answer differs from an interface: fields that are missing, and fields that it does not know. Follows nested interfaces of the same file. */
export function differences(declarations: Declarations, name: string, value: unknown, path = name): string[] {
  const fields = declarations.get(name);
  if (fields === undefined) return [`${path}: no such interface`];
  if (typeof value !== "object" || value === null) return [`${path}: not an object`];
  const given = new Map<string, unknown>(Object.entries(value));
  const missing = [...fields]
    .filter(([key, field]) => !field.isOptional && !given.has(key))
    .map(([key]) => `${path}.${key} is missing`);
  const unknown = [...given.keys()].filter((key) => !fields.has(key)).map((key) => `${path}.${key} is unknown`);
  const nested = [...given].flatMap(([key, entry]) =>
    nestedDifferences(declarations, name, fields.get(key)?.type ?? "", entry, `${path}.${key}`),
  );
  return [...missing, ...unknown, ...nested];
}

function nestedDifferences(
  declarations: Declarations,
  owner: string,
  type: string,
  value: unknown,
  path: string,
): string[] {
  const target = /^(?:Array<)?([\w.]+)>?(?: \| null)?$/.exec(type)?.[1];
  if (target === undefined || value === null) return [];
  const name = resolve(declarations, owner, target);
  if (name === null) return [];
  if (Array.isArray(value))
    return value.flatMap((entry, index) => differences(declarations, name, entry, `${path}[${index}]`));
  return differences(declarations, name, value, path);
}

/** A type is written as seen from the namespace it stands in: try the owner's own namespace first, then outwards. */
function resolve(declarations: Declarations, owner: string, target: string): string | null {
  const scope = owner.split(".");
  for (let depth = scope.length; depth >= 0; depth -= 1) {
    const candidate = [...scope.slice(0, depth), target].join(".");
    if (declarations.has(candidate)) return candidate;
  }
  return null;
}
