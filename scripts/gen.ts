import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { generate } from "./gen/generate.ts";

const help = `pnpm gen [--check]

Finds the modules in packages/domains and writes what follows from them:
  apps/api/package.json          its dependencies on modules
  apps/api/src/modules.gen.ts    the modules and the router
  packages/client/src/*.gen.ts   the client's types
  apps/api/src/reference.gen.ts  the page behind /docs
  docs/errors.md, events.md      what the modules refuse, and what happens in them

  --check   write nothing, exit 1 when something is out of date
`;

const { values } = parseArgs({ options: { check: { type: "boolean" }, help: { type: "boolean" } } });
if (values.help) {
  process.stdout.write(help);
  process.exit(0);
}

const startedAt = performance.now();
const isCheck = values.check ?? false;
try {
  const { changes, problems, modules } = await generate(resolve(import.meta.dirname, ".."), !isCheck);
  for (const change of changes) console.log(`${isCheck ? "out of date" : "wrote"}  ${change}`);
  for (const problem of problems) console.error(`error  ${problem}`);
  console.log(`${modules.length} modules: ${modules.join(", ")} (${Math.round(performance.now() - startedAt)} ms)`);
  if (problems.length > 0 || (isCheck && changes.length > 0)) process.exitCode = 1;
} catch (error) {
  console.error(`error  ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
