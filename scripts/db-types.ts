import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPostgres } from "@turnpike/local-postgres";
import { migrateDatabase } from "./stack/migrate-database.ts";
import { runScript } from "./stack/run-script.ts";

const target = "packages/platform/core/src/schema.gen.ts";
const help = `pnpm db:types [--check]

Writes ${target} from a database that was migrated just now. --check writes nothing and fails when it would differ.
`;

await runScript({
  help,
  options: { check: { type: "boolean", default: false } },
  async run({ values }) {
    const folder = await mkdtemp(join(tmpdir(), "turnpike-types-"));
    const postgres = await startPostgres({ dataDir: join(folder, "postgres"), settings: { fsync: "off" } });
    try {
      await migrateDatabase({ ownerUrl: postgres.url, apiUrl: undefined, bootstrap: "if_plain" });
      const output = values.check ? join(folder, "schema.gen.ts") : target;
      await generate(postgres.url, output);
      if (values.check && (await readFile(output, "utf8")) !== (await readFile(target, "utf8")))
        throw new Error(`${target} is not what the migrations say: run \`pnpm db:types\``);
    } finally {
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    }
  },
});

async function generate(url: string, output: string): Promise<void> {
  const options = {
    dialect: "postgres",
    url,
    "include-pattern": "(public|private).*",
    "exclude-pattern": "private.migrations",
    // The pool reads bigint as a safe number, see database/src/pool.ts.
    "type-mapping": '{"int8":"number"}',
    "default-schema": "public",
    "log-level": "error",
    "out-file": output,
  };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  const child = spawn("kysely-codegen", args, { stdio: "inherit" });
  await once(child, "exit");
  if (child.exitCode !== 0) throw new Error(`kysely-codegen ended with ${child.exitCode}`);
}
