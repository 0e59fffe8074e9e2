import { installedVersions } from "@turnpike/local-postgres";

/** The major version of PostgreSQL that suites take from the system's packages: Debian's, and an early Supabase project's. */
export const systemPostgresVersion = "15";

/** Why a suite that needs it is skipped where there is none. */
export const noPostgresReason = `PostgreSQL ${systemPostgresVersion} is not installed (Debian: apt-get install postgresql)`;

/** Whether the system's packages have installed that version. */
export async function hasSystemPostgres(): Promise<boolean> {
  return (await installedVersions()).includes(systemPostgresVersion);
}
