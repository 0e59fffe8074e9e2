import { apiRole, canActForUsers, migrate, readMigrations, setApiPassword } from "@turnpike/database";
import { migrateJobs } from "@turnpike/jobs";
import { migrationsFolder } from "./release.ts";

interface MigrateOptions {
  /** A session connection of the owner. */
  ownerUrl: string;
  /** Where the API will log in; its password becomes the login role's. */
  apiUrl: string | undefined;
  onProgress?: (message: string) => void;
}

/** What a migration did, in words for the one who ran it. */
export interface MigrateResult {
  applied: string[];
  notices: string[];
  login: Awaited<ReturnType<typeof setApiPassword>>;
  /** Whether the login role may act for users here; if not, the API logs in as the owner. */
  canUseLoginRole: boolean;
}

/**
 * Brings a database that has what a Supabase project has to where the code expects it: our migrations, the jobs' schema,
 * the login role. Running it twice changes nothing. Errors: MigrationError; what the database refuses.
 */
export async function migrateDatabase({ ownerUrl, apiUrl, onProgress }: MigrateOptions): Promise<MigrateResult> {
  const migrations = await readMigrations(migrationsFolder());
  const report = await migrate({ url: ownerUrl, migrations, ...(onProgress && { onProgress }) });
  await migrateJobs(ownerUrl, apiRole);
  const login = await setApiPassword(ownerUrl, apiUrl);
  return { ...report, login, canUseLoginRole: await canActForUsers(ownerUrl) };
}

const loginWords: Readonly<Record<MigrateResult["login"], string>> = {
  set: "turnpike_api may log in with the password in DATABASE_URL",
  no_password: "turnpike_api cannot log in yet: DATABASE_URL carries no password for it",
  other_role: "turnpike_api was left as it is: DATABASE_URL logs in as another role",
};

/** Says what a migration did, line by line. */
export function describeMigration({ applied, notices, login, canUseLoginRole }: MigrateResult): string[] {
  return [
    ...notices.map((notice) => `notice: ${notice}`),
    loginWords[login],
    ...(canUseLoginRole ? [] : ["turnpike_api may not act for users here: let DATABASE_URL log in as the owner"]),
    applied.length === 0 ? "nothing to apply" : `applied ${applied.length}`,
  ];
}
