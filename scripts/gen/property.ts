/** Reads a property of a value of which nothing is known; undefined when there is none. */
export function property(value: unknown, name: string): unknown {
  const holdsProperties = (typeof value === "object" && value !== null) || typeof value === "function";
  return holdsProperties ? Reflect.get(value, name) : undefined;
}
