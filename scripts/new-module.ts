import { relative, resolve } from "node:path";
import { generate } from "./gen/generate.ts";
import { createModule, isModuleName } from "./new-module/create-module.ts";
import { runScript, UsageError } from "./stack/run-script.ts";

const help = `pnpm new:module NAME

Makes packages/domains/NAME, a working module with one query and its test, and runs pnpm gen.
NAME is two to 31 small letters and digits; it becomes the router's key: client.NAME.check.query(…).
`;

await runScript({
  help,
  options: {},
  argument: "name",
  async run({ argument: name }) {
    if (!isModuleName(name)) {
      throw new UsageError(
        `"${name}" cannot name a module: two to 31 small letters and digits, a letter first, no reserved word.`,
      );
    }
    const root = resolve(import.meta.dirname, "..");
    const folder = await createModule(root, name);
    process.stdout.write(`wrote  ${relative(root, folder)}\n`);
    const { changes, problems } = await generate(root, true);
    for (const change of changes) process.stdout.write(`wrote  ${change}\n`);
    if (problems.length > 0) throw new Error(problems.map((problem) => `error  ${problem}`).join("\n"));
  },
});
