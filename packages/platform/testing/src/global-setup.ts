import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { startPostgres } from "@turnpike/local-postgres";
import { apiUrlOf, prepareDatabase } from "./prepare-database.ts";
import { startSystemPgbouncer } from "./system-pgbouncer.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** URL of the superuser to the migrated template database, the API's password, and the port of the run's pooler if it has one. */
    postgres: { templateUrl: string; apiPassword: string; poolerPort: number | null };
  }
}

const template = "turnpike_template";

/**
 * Starts one PostgreSQL for the whole run and migrates a database that each test file clones. With TEST_POOLER=1 the platform
 * reaches it through a pgbouncer in transaction mode, as in production.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "turnpike-test-"));
  // When root runs the tests, the server is another user and must get in; the cluster inside is private by itself.
  await chmod(folder, 0o755);
  const postgres = await startPostgres({
    dataDir: join(folder, "postgres"),
    database: template,
    settings: { fsync: "off" },
  });
  const apiPassword = crypto.randomUUID();
  await prepareDatabase(postgres.url, apiPassword);
  const databaseUrl = apiUrlOf(postgres.url, apiPassword);
  const pooler = process.env["TEST_POOLER"] === "1" ? await startSystemPgbouncer({ databaseUrl }) : undefined;
  const poolerPort = pooler ? Number(new URL(pooler.url).port) : null;
  project.provide("postgres", { templateUrl: postgres.url, apiPassword, poolerPort });
  return async () => {
    await pooler?.stop();
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  };
}
