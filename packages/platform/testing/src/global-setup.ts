import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { startPostgres } from "@turnpike/local-postgres";
import { prepareDatabase } from "./prepare-database.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** URL of the superuser to the migrated template database, and the API's password. */
    postgres: { templateUrl: string; apiPassword: string };
  }
}

const template = "turnpike_template";

/** Starts one PostgreSQL for the whole run and migrates a database that each test file clones. */
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
  project.provide("postgres", { templateUrl: postgres.url, apiPassword });
  return async () => {
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  };
}
