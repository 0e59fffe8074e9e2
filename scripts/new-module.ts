import { relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { generate } from "./gen/generate.ts";
import { createModule } from "./new-module/create-module.ts";

const help = `pnpm new:module NAME

Makes packages/domains/NAME, a working module with one query and its test, and runs pnpm gen.
NAME is two to 31 small letters and digits; it becomes the router's key: client.NAME.check.query(…).
`;

const { values, positionals } = parseArgs({ options: { help: { type: "boolean" } }, allowPositionals: true });
const [name] = positionals;
if (values.help || name === undefined || positionals.length > 1) {
  (values.help ? process.stdout : process.stderr).write(help);
  process.exit(values.help ? 0 : 2);
}

const root = resolve(import.meta.dirname, "..");
try {
  const folder = await createModule(root, name);
  console.log(`wrote  ${relative(root, folder)}`);
  const { changes, problems } = await generate(root, true);
  for (const change of changes) console.log(`wrote  ${change}`);
  for (const problem of problems) console.error(`error  ${problem}`);
  if (problems.length > 0) process.exitCode = 1;
} catch (error) {
  console.error(`error  ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
