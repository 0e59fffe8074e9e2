import { fileURLToPath } from "node:url";
import type { Migration } from "@turnpike/database";
import { apiRole, migrate, readMigrations, setApiPassword } from "@turnpike/database";
import { migrateJobs } from "@turnpike/jobs";
import { bootstrapDatabase } from "@turnpike/local-supabase";

const migrationsFolder = fileURLToPath(new URL("../../../../supabase/migrations", import.meta.url));

/** The migrations of this repository. */
export function ourMigrations(): Promise<Migration[]> {
  return readMigrations(migrationsFolder);
}

/** Makes a plain PostgreSQL into ours: what a Supabase project has, our migrations, the jobs' schema, the API's login. */
export async function prepareDatabase(ownerUrl: string, apiPassword: string): Promise<void> {
  await bootstrapDatabase(ownerUrl);
  await migrate({ url: ownerUrl, migrations: await ourMigrations() });
  await migrateJobs(ownerUrl, apiRole);
  await setApiPassword(ownerUrl, apiUrlOf(ownerUrl, apiPassword));
}

/** The URL that the API logs in with, on the owner's database. */
export function apiUrlOf(ownerUrl: string, apiPassword: string): string {
  const url = new URL(ownerUrl);
  url.username = apiRole;
  url.password = apiPassword;
  return url.href;
}
