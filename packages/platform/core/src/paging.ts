import { z } from "zod";
import { Text } from "./text.ts";

/** How lists page: `limit` at most 100, `cursor` from the page before. */
export const PageInput = z.object({
  cursor: Text.max(200).nullish(),
  limit: z.number().int().min(1).max(100).default(25),
});
export type PageInput = z.output<typeof PageInput>;

/** A page of items; `nextCursor` is null on the last one. */
export function Page<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() });
}

/** Makes a page of rows that were read with `limit + 1`: the extra one only says that there is more. */
export function pageOf<T>(
  rows: T[],
  limit: number,
  cursorOf: (row: T) => string,
): { items: T[]; nextCursor: string | null } {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last !== undefined ? cursorOf(last) : null };
}
