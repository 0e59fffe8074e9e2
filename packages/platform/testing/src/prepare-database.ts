import { fileURLToPath } from "node:url";
import { apiRole, migrate, readMigrations, setApiPassword } from "@turnpike/database";
import { migrateJobs } from "@turnpike/jobs";
import { bootstrapDatabase } from "@turnpike/local-supabase";

const migrationsFolder = fileURLToPath(new URL("../../../../supabase/migrations", import.meta.url));

/** Makes a plain PostgreSQL into ours: what a Supabase project has, our migrations, the jobs' schema, the API's login. */
export async function prepareDatabase(ownerUrl: string, apiPassword: string): Promise<void> {
  await bootstrapDatabase(ownerUrl);
  await migrate({ url: ownerUrl, migrations: await readMigrations(migrationsFolder) });
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
