import type { ApiShape } from "../client/shape.ts";
import type { ModuleFolder } from "../modules.ts";
import { renderErrorsFile } from "./errors-file.ts";
import { renderEventsFile } from "./events-file.ts";
import { loadFacts } from "./load-facts.ts";
import { renderReferenceFile } from "./reference-file.ts";
import { buildReference } from "./reference.ts";
import { findUndeclaredTables } from "./undeclared-tables.ts";

/** The documentation as text by file, from the root, and what keeps it from being right. */
export interface RenderedDocs {
  files: [file: string, text: string][];
  problems: string[];
}

/**
 * Writes the documentation of the modules and the router that `entry` exports. `api` is what their types say, `folders`
 * are where the modules live.
 */
export async function renderDocs(
  api: ApiShape,
  entry: string,
  folders: readonly ModuleFolder[],
): Promise<RenderedDocs> {
  const facts = await loadFacts(entry);
  const reference = buildReference(api, facts);
  return {
    files: [
      ["docs/errors.md", renderErrorsFile(reference)],
      ["docs/events.md", renderEventsFile(reference)],
      ["apps/api/src/reference.gen.ts", renderReferenceFile(reference)],
    ],
    problems: [...reference.problems, ...findUndeclaredTables(folders, facts.modules)],
  };
}
