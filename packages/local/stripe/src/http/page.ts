import type { SQLInputValue } from "node:sqlite";
import type { Ctx } from "../context.ts";
import type { ObjectName, StoredObjects } from "../model/objects.ts";
import type { List } from "../model/stored.ts";
import { decode } from "../storage/decode.ts";
import { type Filters, whereOf } from "../storage/store.ts";
import { invalidRequest, resourceMissing } from "../stripe-error.ts";

/** Paging parameters as parsed by `paging`. */
export interface Paging {
  limit?: number | undefined;
  starting_after?: string | undefined;
  ending_before?: string | undefined;
}
/** A parsed `created` parameter, unix seconds. */
export interface CreatedRange {
  gt?: number | undefined;
  gte?: number | undefined;
  lt?: number | undefined;
  lte?: number | undefined;
}
interface Selection {
  from: "objects" | "events";
  sql: string;
  values: SQLInputValue[];
}

/** One page of the objects that match, newest first. `url` goes into the list object. */
export function listObjects<N extends ObjectName>(
  ctx: Ctx,
  object: N,
  filters: Filters,
  options: {
    paging: Paging;
    created?: CreatedRange | undefined;
    url: string;
    extra?: { sql: string; values: SQLInputValue[] };
  },
): List<StoredObjects[N]> {
  const where = whereOf(filters);
  const range = rangeOf("json_extract(body, '$.created')", options.created);
  const extra = options.extra ?? { sql: "", values: [] };
  const selection: Selection = {
    from: "objects",
    sql: ` AND object = ?${where.sql}${range.sql}${extra.sql}`,
    values: [object, ...where.values, ...range.values, ...extra.values],
  };
  return listRows<StoredObjects[N]>(ctx, selection, options.paging, options.url);
}

/** One page of rows of a table with `seq`, `id` and `body`. Errors: 404 when the cursor names nothing. */
export function listRows<T>(ctx: Ctx, selection: Selection, paging: Paging, url: string): List<T> {
  const { limit = 10, starting_after: after, ending_before: before } = paging;
  if (after !== undefined && before !== undefined) {
    throw invalidRequest("You cannot parameterize ending_before and starting_after at the same time.");
  }
  const backwards = before !== undefined;
  const cursor = cursorOf(ctx, selection.from, after ?? before, backwards ? "ending_before" : "starting_after");
  const cut = cursor === null ? "" : backwards ? " AND seq > ?" : " AND seq < ?";
  const rows = ctx.store.database
    .prepare(
      `SELECT body FROM ${selection.from} WHERE 1${selection.sql}${cut} ORDER BY seq ${backwards ? "ASC" : "DESC"} LIMIT ?`,
    )
    .all(...selection.values, ...(cursor === null ? [] : [cursor]), limit + 1)
    .map((row) => decode<T>(row.body));
  const data = rows.slice(0, limit);
  return { object: "list", data: backwards ? data.toReversed() : data, has_more: rows.length > limit, url };
}

/** SQL for a `created` range over a column or expression. */
export function rangeOf(column: string, range: CreatedRange | undefined): { sql: string; values: number[] } {
  const signs = { gt: ">", gte: ">=", lt: "<", lte: "<=" } as const;
  let sql = "";
  const values: number[] = [];
  for (const key of ["gt", "gte", "lt", "lte"] as const) {
    const bound = range?.[key];
    if (bound === undefined) continue;
    sql += ` AND ${column} ${signs[key]} ?`;
    values.push(bound);
  }
  return { sql, values };
}

function cursorOf(ctx: Ctx, table: string, id: string | undefined, param: string): number | null {
  if (id === undefined) return null;
  const row = ctx.store.database.prepare(`SELECT seq FROM ${table} WHERE id = ?`).get(id);
  if (row === undefined) throw resourceMissing("object", id, param);
  return Number(row.seq);
}
