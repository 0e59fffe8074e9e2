import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ModuleFolder } from "../modules.ts";
import type { ModuleFacts } from "./load-facts.ts";

/** Names the modules that keep a table of errors or events and do not hand it to `defineModule`: nobody would read of it. */
export function findUndeclaredTables(folders: readonly ModuleFolder[], modules: readonly ModuleFacts[]): string[] {
  return folders.flatMap(({ name, path }) => {
    const facts = modules.find((module) => module.name === name);
    const counts = { errors: facts?.errors.length ?? 0, events: facts?.events.size ?? 0 };
    return Object.entries(counts)
      .filter(([table, count]) => count === 0 && existsSync(join(path, "src", `${table}.ts`)))
      .map(
        ([table]) => `packages/domains/${name}/src/index.ts: does not hand the table of ${table}.ts to defineModule`,
      );
  });
}
