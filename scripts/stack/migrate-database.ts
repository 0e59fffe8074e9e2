import { fileURLToPath } from "node:url";
import { apiRole, canActForUsers, migrate, readMigrations, setApiPassword } from "@turnpike/database";
import { migrateJobs } from "@turnpike/jobs";
import { bootstrapDatabase, RealSupabaseError } from "@turnpike/local-supabase";

const migrationsFolder = fileURLToPath(new URL("../../supabase/migrations", import.meta.url));

interface MigrateOptions {
  /** A session connection of the owner. */
  ownerUrl: string;
  /** Where the API will log in; its password becomes the login role's. */
  apiUrl: string | undefined;
  /** Whether a plain PostgreSQL is given what a Supabase project has; `always` refuses a real Supabase. */
  bootstrap: "always" | "if_plain" | "never";
  onProgress?: (message: string) => void;
}

/** A real Supabase has all that the bootstrap would make: fine where nobody said that it must be a plain database. */
function passRealSupabase(bootstrap: "always" | "if_plain"): (error: unknown) => void {
  return (error) => {
    if (bootstrap === "always" || !(error instanceof RealSupabaseError)) throw error;
  };
}

/** What a migration did, in words for the one who ran it. */
export interface MigrateResult {
  applied: string[];
  notices: string[];
  login: Awaited<ReturnType<typeof setApiPassword>>;
  /** Whether the login role may act for users here; if not, the API logs in as the owner. */
  canUseLoginRole: boolean;
}

/** Brings a database to where the code expects it: bootstrap where allowed, our migrations, the jobs' schema, the login role. */
export async function migrateDatabase({
  ownerUrl,
  apiUrl,
  bootstrap,
  onProgress,
}: MigrateOptions): Promise<MigrateResult> {
  if (bootstrap !== "never") await bootstrapDatabase(ownerUrl).catch(passRealSupabase(bootstrap));
  const migrations = await readMigrations(migrationsFolder);
  const report = await migrate({ url: ownerUrl, migrations, ...(onProgress && { onProgress }) });
  await migrateJobs(ownerUrl, apiRole);
  const login = await setApiPassword(ownerUrl, apiUrl);
  return { ...report, login, canUseLoginRole: await canActForUsers(ownerUrl) };
}
