/**
 * Reads back JSON that this server wrote itself.
 * The cast is sound because the text comes from our own table and was serialised from a value of the type asked for.
 */
export function decode<T>(text: unknown): T {
  // oxlint-disable-next-line typescript/consistent-type-assertions -- the reason stands above
  return JSON.parse(String(text)) as T;
}
