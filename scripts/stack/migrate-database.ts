import { migrateDatabase as migrateOurs } from "@turnpike/api";
import type { MigrateResult } from "@turnpike/api";
import { bootstrapDatabase, RealSupabaseError } from "@turnpike/local-supabase";

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

/** Brings a database to where the code expects it: bootstrap where allowed, then what production does as well. */
export async function migrateDatabase({ bootstrap, ...options }: MigrateOptions): Promise<MigrateResult> {
  if (bootstrap !== "never") await bootstrapDatabase(options.ownerUrl).catch(passRealSupabase(bootstrap));
  return migrateOurs(options);
}
