import { join } from "node:path";
import { expect, test } from "vitest";
import { readApi } from "../client/read-api.ts";
import { renderClient } from "../client/render.ts";
import { findMissingOutputs } from "../missing-outputs.ts";

const root = join(import.meta.dirname, "../../..");
const routers = join(import.meta.dirname, "routers");
const shape = readApi(root, join(routers, "sample.ts"));
const { api, trpc } = renderClient(shape);

test("a router without leaks has no problems, and the same router gives the same text", () => {
  expect(shape.problems).toEqual([]);
  expect(renderClient(readApi(root, join(routers, "sample.ts")))).toEqual({ api, trpc });
});

test("a schema kept in a variable becomes a named type with its comments", () => {
  expect(api).toContain(`/** A plan a customer can choose. */
export interface Plan {
  id: string;
  /** Smallest unit of the currency. */
  amountMinor: number;
  interval: "month" | "year";
  createdAt: Date;
  labels: Map<string, Set<number>>;
  parent: string | null;
}`);
});

test("a schema that contains itself is declared once and refers to itself", () => {
  expect(api).toContain("export interface Folder {\n  name: string;\n  children: Folder[];\n}");
});

test("an input is written as the caller may give it, an output as the caller gets it", () => {
  expect(api).toContain("list: Query<ListInput, Page>;");
  expect(api).toContain("export interface ListInput {\n  cursor?: string | undefined;\n  limit?: number | undefined;");
  expect(api).toContain("export interface Settings {\n  color: string;\n}");
  expect(api).toContain("export interface SettingsInput {\n  color?: string | undefined;\n}");
});

test("a procedure keeps its comment and its tags", () => {
  expect(api).toContain("    /**\n     * Lists the plans.\n     * @deprecated use `search`\n     */\n    list:");
});

test("a procedure that can be called without input says so, and a subscription gives one item", () => {
  expect(api).toContain("tree: OptionalQuery<undefined, Folder>;");
  expect(api).toMatch(/optional: OptionalQuery<\{\n\s+a: number;\n\s+\} \| undefined, number>;/);
  expect(api).toMatch(/watch: OptionalSubscription<\{[^}]+\} \| undefined, \{\n\s+type: string;\n\s+at: Date;\n\s+\}>/);
});

test("routers nest as deep as they are written", () => {
  expect(api).toMatch(/nested: \{\n\s+deeper: \{\n\s+ping: OptionalQuery<undefined, "pong">;/);
});

test("the router type for tRPC imports types of tRPC and of the client, nothing else", () => {
  const sources = [...trpc.matchAll(/from "([^"]+)"/g)].map((match) => match[1]);
  expect(sources).toEqual(["@trpc/server", "./api.gen.ts"]);
});

test("what a client must not see is named with its procedure and its package", () => {
  const { problems } = readApi(root, join(routers, "leaky.ts"));
  expect(problems).toEqual([
    "billing.anything output: is any; give it a zod schema",
    'billing.branded output: is string & $brand<"id">, which has no plain form',
    "billing.library output: leaks ZodError from zod",
    "billing.method output: is a function, which cannot travel",
    "billing.untracked output: its items have no id to resume after; yield tracked(id, item)",
    "error shape: leaks DefaultErrorShape from @trpc/server",
  ]);
});

test("a query without an output schema is named", async () => {
  expect(await findMissingOutputs(join(routers, "leaky.ts"))).toEqual(
    ["library", "anything", "method"].map((name) => `billing.${name} output: has no schema; add .output(…)`),
  );
  expect(await findMissingOutputs(join(routers, "sample.ts"))).toEqual([]);
});
