/**
 * Reads back JSON that this server wrote itself.
 * The cast is sound because the text comes from our own table and was serialised from a value of the type asked for.
 */
export function decode<T>(text: unknown): T {
  return JSON.parse(String(text)) as T;
}
