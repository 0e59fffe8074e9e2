import { expect, test } from "vitest";
import { makeWorkspace, manifest, moduleFolder } from "./sample-workspace.ts";

const planted = "packages/domains/notes/src/planted.ts";
const core = "packages/platform/core";

/** One violation: what is planted, and and a part of each line that the walls then say. */
interface Case {
  rule: string;
  files: Record<string, string>;
  only: string[];
}

const cases: Case[] = [
  {
    rule: "a hand-written file over 200 lines",
    files: { [planted]: "export const line = 1;\n".repeat(201) },
    only: [`${planted}: has 201 lines; the limit is 200`],
  },
  {
    rule: "a deep import",
    files: { [planted]: 'import { core } from "@turnpike/core/src/index.ts";\n' },
    only: ["planted.ts:1: imports @turnpike/core/src/index.ts; a package is imported by its name"],
  },
  {
    rule: "an import that package.json does not declare",
    files: { [planted]: 'import { core } from "@turnpike/database";\n' },
    only: ["planted.ts:1: imports @turnpike/database, which packages/domains/notes/package.json does not declare"],
  },
  {
    rule: "an edge between domains that the architecture does not have",
    files: {
      ...moduleFolder("webhooks", ["@turnpike/notes"]),
      "packages/domains/webhooks/src/planted.ts": 'import notes from "@turnpike/notes";\n',
    },
    only: ["webhooks/src/planted.ts:1: may not import @turnpike/notes: webhooks imports no other domain"],
  },
  {
    rule: "a domain that imports a stand-in",
    files: {
      "packages/domains/notes/package.json": manifest("@turnpike/notes", ["@turnpike/core", "@turnpike/local-stripe"]),
      [planted]: 'import { stripe } from "@turnpike/local-stripe";\n',
    },
    only: ["planted.ts:1: may not import @turnpike/local-stripe: domain code imports core, platform, domain"],
  },
  {
    rule: "something of ours in core, be it a type",
    files: { [`${core}/src/planted.ts`]: 'import type { core } from "@turnpike/database";\n' },
    only: ["core/src/planted.ts:1: imports @turnpike/database, which packages/platform/core/package.json does not"],
  },
  {
    rule: "packages that depend on each other in a ring",
    files: { [`${core}/package.json`]: manifest("@turnpike/core", ["@turnpike/database"]) },
    only: [
      "package.json: packages depend on each other in a ring: @turnpike/core → @turnpike/database → @turnpike/core",
    ],
  },
  {
    rule: "packages whose tests close a ring",
    files: { [`${core}/package.json`]: manifest("@turnpike/core", [], ["@turnpike/database"]) },
    only: [
      "package.json: packages depend on each other in a ring: @turnpike/core → @turnpike/database → @turnpike/core",
    ],
  },
  {
    rule: "a stand-in whose tests know the platform",
    files: {
      "packages/local/stripe/package.json": manifest("@turnpike/local-stripe", [], ["@turnpike/database"]),
      "packages/local/stripe/test/planted.test.ts": 'import { core } from "@turnpike/database";\n',
    },
    only: ["planted.test.ts:1: may not import @turnpike/database: local code imports local"],
  },
  {
    rule: "a vendor's SDK in a domain that has no business with it",
    files: { [planted]: 'import Stripe from "stripe";\n' },
    only: ["planted.ts:1: imports stripe; a domain talks to the port in ctx"],
  },
  {
    rule: "a vendor's client made in a domain",
    files: { "packages/domains/products/src/planted.ts": 'export const stripe = new Stripe("sk");\n' },
    only: ["planted.ts:1: makes a vendor's client (new Stripe(…)"],
  },
  {
    rule: "a switch on simulation",
    files: {
      [planted]: "export const f = (isLocalStripe: boolean) => {\n  if (isLocalStripe) return 1;\n  return 2;\n};\n",
    },
    only: ["planted.ts:2: decides by simulation"],
  },
  {
    rule: "a router that decides",
    files: { "packages/domains/notes/src/router.ts": "export const r = () => {\n  if (a) return 1;\n};\n" },
    only: ["router.ts:2: a router only routes (if ()"],
  },
  {
    rule: "SQL outside the queries",
    files: { [planted]: 'export const f = (db) => db.selectFrom("notes");\n' },
    only: ["planted.ts:1: SQL stands in queries.ts"],
  },
  {
    rule: "a README that is too long",
    files: { "packages/domains/notes/README.md": "line\n".repeat(16) },
    only: ["packages/domains/notes/README.md: has 16 lines; the limit is 15"],
  },
  {
    rule: "a use of the service role that is not listed",
    files: { [planted]: 'export const f = (ctx) => ctx.system("read all notes");\n' },
    only: [`scripts/check/system-doors.txt: lacks "${planted}: read all notes"`],
  },
  {
    rule: "a use of the service role whose reason is made up at run time",
    files: { [planted]: "export const f = (ctx, why) => ctx.system(why);\n" },
    only: ["planted.ts:1: the reason for the service role must be a string of this file"],
  },
  {
    rule: "a listed use of the service role that is gone",
    files: { "scripts/check/system-doors.txt": `${planted}: read all notes\n` },
    only: [`scripts/check/system-doors.txt: still lists "${planted}: read all notes"`],
  },
  {
    rule: "a migration without a time",
    files: { "supabase/migrations/notes.sql": "" },
    only: ["notes.sql: is not named"],
  },
  {
    rule: "a migration that belongs to nobody",
    files: { "supabase/migrations/20260101000001_nobody_tables.sql": "" },
    only: ['belongs to "nobody"'],
  },
  {
    rule: "two migrations of the same second",
    files: { "supabase/migrations/20260101000000_notes_views.sql": "" },
    only: ["20260101000000_notes_views.sql: has the time of another migration"],
  },
  {
    rule: "a rule switched off without a reason",
    files: { [planted]: "// oxlint-disable-next-line no-console\nexport const f = 1;\n" },
    only: ["planted.ts:1: switches a rule off without a reason"],
  },
  {
    rule: "a host in the lock file",
    files: { "pnpm-lock.yaml": "resolution: {tarball: https://registry.example/x.tgz}\n" },
    only: ["pnpm-lock.yaml:1: names a host"],
  },
];

test("a repository as the scaffold writes it stands", async () => {
  await using workspace = await makeWorkspace();
  expect(await workspace.check()).toEqual([]);
});

test.each(cases)("$rule is found, and nothing else", async ({ files, only }) => {
  await using workspace = await makeWorkspace();
  await workspace.write(files);
  const found = await workspace.check();
  expect(found).toHaveLength(only.length);
  for (const [at, part] of only.entries()) expect(found[at]).toContain(part);
});

test("what only looks like a violation is let through", async () => {
  await using workspace = await makeWorkspace();
  await workspace.write({
    [planted]: [
      '/** Uses `ctx.system("reason")` nowhere. */',
      "export const sort = (a: string, b: string) => (a.localeCompare(b) ? 1 : 2);",
      "export const locale = (locale: string) => {\n  if (locale) return 1;\n  return 2;\n};",
      "// oxlint-disable-next-line no-await-in-loop -- one after the other keeps the order",
      "",
    ].join("\n"),
    "packages/domains/notes/test/planted.test.ts": 'import notes from "@turnpike/notes";\n',
    ...moduleFolder("webhooks"),
    "packages/domains/webhooks/package.json": manifest("@turnpike/webhooks", ["@turnpike/core"], ["@turnpike/notes"]),
    "packages/domains/webhooks/test/planted.test.ts": 'import notes from "@turnpike/notes";\n',
    "packages/domains/notes/src/note-queries.ts": 'export const f = (db) => db.selectFrom("notes");\n',
  });
  expect(await workspace.check()).toEqual([]);
});
