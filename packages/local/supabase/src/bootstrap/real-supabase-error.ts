/** Thrown when a database already has a real Supabase in it, whose `auth` schema is not ours to change. */
export class RealSupabaseError extends Error {
  constructor() {
    super(
      "The database already has an auth schema that the local Supabase did not make. Point SUPABASE_URL and the keys " +
        "at that project, or DATABASE_URL at another database.",
    );
    this.name = "RealSupabaseError";
  }
}
