import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readApi } from "../client/read-api.ts";
import { loadFacts } from "../docs/load-facts.ts";
import { renderReferenceFile } from "../docs/reference-file.ts";
import { buildReference, type ModuleReference } from "../docs/reference.ts";
import { renderDocs } from "../docs/render-docs.ts";

const root = join(import.meta.dirname, "../../..");
const entry = join(import.meta.dirname, "routers/documented.ts");
const api = readApi(root, entry);
const { files, problems } = await renderDocs(api, entry, []);
const hostile: ModuleReference = {
  name: "hostile",
  procedures: [],
  errors: [],
  events: [],
  routes: [{ method: "GET", path: "/" }],
  routesText: "a ${b} `c \\ d",
};
const text = (file: string): string => files.find(([name]) => name === file)?.[1] ?? "";
const page = text("apps/api/src/reference.gen.ts");

function sectionOf(path: string): string {
  const start = page.indexOf(`<article id="${path}">`);
  return page.slice(start, page.indexOf("</article>", start)).replaceAll("\\`", "`");
}

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

test("the page shows a procedure with its callers, its limit, its errors and its types", () => {
  const section = sectionOf("quarry.list");
  expect(section).toContain('<span class="tag query">query</span> <span class="tag public">anyone</span>');
  expect(section).toContain("At most 30 per hour and client address.");
  expect(section).toContain('<a href="#error-quarry-quarry.flooded"><code>quarry.flooded</code></a>');
  expect(section).toContain('items: <a href="#type-Stone">Stone</a>[];');
  expect(page).toContain('<article id="type-Stone">');
});

test("whatever a module says is text on the page, never markup", () => {
  expect(page).not.toContain("<script");
  expect(page).not.toContain("<b>edge</b>");
  expect(sectionOf("quarry.list")).toContain(
    "<p>Stones with &lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; <code>code</code>.</p>",
  );
});

test("an example has what must be there and says which texts are dates", () => {
  const section = sectionOf("quarry.order");
  expect(section).toContain("deprecated");
  expect(section).toContain(
    "-d &#39;{&quot;json&quot;:{&quot;stoneId&quot;:&quot;&lt;stoneId&gt;&quot;,&quot;from&quot;:&quot;2027-01-31T12:00:00.000Z&quot;," +
      "&quot;kinds&quot;:[&quot;&lt;kind&gt;&quot;]},&quot;meta&quot;:{&quot;values&quot;:{&quot;from&quot;:[&quot;Date&quot;]}}}&#39;",
  );
  expect(section).toContain("client.quarry.order.mutate({ stoneId: ");
});

test("a subscription shows one item, and a module its HTTP routes and its events", () => {
  expect(sectionOf("quarry.watch")).toMatch(/Each item<\/h4>\n<pre><code>\{\n {2}depth: number;\n\}/);
  expect(page).toContain('data-route="POST /api/scale"');
  expect(page).toContain("<p>Takes the scale&#39;s readings at <code>POST /api/scale</code>.</p>");
  expect(page).toContain('<article id="event-quarry.stone_cut"');
});

test("the generated file is a program that gives the page as it was written", async () => {
  const folder = await mkdtemp(join(tmpdir(), "turnpike-gen-"));
  const file = join(folder, "reference.gen.ts");
  await writeFile(file, renderReferenceFile({ ...buildReference(api, await loadFacts(entry)), modules: [hostile] }));
  const loaded: unknown = await import(file);
  expect(loaded).toMatchObject({ reference: { html: expect.stringContaining("<p>a ${b} `c \\ d</p>") } });
  await rm(folder, { recursive: true });
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
