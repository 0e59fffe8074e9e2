import { z } from "zod";
import type { Ctx } from "../context.ts";
import type { Form } from "./form.ts";
import { text } from "./params.ts";
import { parseParams } from "./parse-params.ts";

/** One route of the API. `:id` and `:id2` in `path` are the ids handed to it. */
export interface Route {
  method: "GET" | "POST" | "DELETE";
  path: string;
  /** Checks the form; returns what is to be done inside the transaction, and what to expand in its answer. */
  prepare(form: Form): { expand: string[]; run: (ctx: Ctx, id: string) => unknown };
}

const expand = z.array(text(200)).max(50).optional();

/** Declares a route: which parameters it takes (anything else is refused), and what it does with them. */
export function route<S extends z.ZodObject>(
  method: Route["method"],
  path: string,
  params: S,
  handle: (ctx: Ctx, params: z.output<S>, id: string) => unknown,
): Route {
  const expandOnly = z.object({ expand });
  return {
    method,
    path,
    prepare(form) {
      const { expand: paths = [] } = parseParams(expandOnly, form);
      const rest = Object.fromEntries(Object.entries(form).filter(([name]) => name !== "expand"));
      const values = parseParams(params, rest);
      return { expand: paths, run: (ctx, id) => handle(ctx, values, id) };
    },
  };
}

/** A route without parameters of its own. */
export const noParams = z.strictObject({});
