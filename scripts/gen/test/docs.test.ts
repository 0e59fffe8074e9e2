import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readApi } from "../client/read-api.ts";
import { renderDocs } from "../docs/render-docs.ts";

const root = join(import.meta.dirname, "../../..");
const entry = join(import.meta.dirname, "routers/documented.ts");
const api = readApi(root, entry);
const { files, problems } = await renderDocs(api, entry, []);
const text = (file: string): string => files.find(([name]) => name === file)?.[1] ?? "";

test("an error of a module stands in the table with its code, kind, status and message", () => {
  expect(text("docs/errors.md")).toContain(
    "## quarry\n\n| code | kind | HTTP | message |\n|---|---|---|---|\n" +
      "| `quarry.flooded` | conflict | 409 | The quarry is under water \\| up to the <b>edge</b>. |\n",
  );
});

test("errors of core come first, with the status that HTTP has for them", () => {
  const table = text("docs/errors.md");
  expect(table.indexOf("## core")).toBeLessThan(table.indexOf("## quarry"));
  expect(table).toMatch(/`core\.method_not_supported` \| invalid \| 405 \|/);
});

test("an event stands with its comment, its fields and their comments, and who listens", () => {
  expect(text("docs/events.md")).toContain(`## quarry

### quarry.stone_cut

A stone was cut.

\`\`\`ts
{
  organizationId: string;
  /** Kilograms. */
  weightKg: number;
  cutAt: Date;
  layers: {
    kind: "chalk" | "slate";
  }[];
}
\`\`\`

Durable listeners: \`quarry.weigh\`.
`);
});

test("a procedure that does not say who may call it and a comment that names no known error are problems", () => {
  expect(problems).toEqual([
    expect.stringMatching(/^quarry\.unguarded meta: does not say who may call it/),
    "quarry.blast: its comment names the error quarry.collapsed, which no table has",
  ]);
});

test("a table that is not handed to defineModule is a problem", async () => {
  const folder = await mkdtemp(join(tmpdir(), "turnpike-gen-"));
  await mkdir(join(folder, "src"));
  await Promise.all(["errors.ts", "events.ts"].map((file) => writeFile(join(folder, "src", file), "")));
  const modules = ["quarry", "mill"].map((name) => ({ name, path: folder, packageName: "", dependsOn: [] }));
  const found = (await renderDocs(api, entry, modules)).problems.filter((problem) => problem.includes("defineModule"));
  expect(found).toEqual(
    ["errors", "events"].map(
      (table) => `packages/domains/mill/src/index.ts: does not hand the table of ${table}.ts to defineModule`,
    ),
  );
  await rm(folder, { recursive: true });
});
