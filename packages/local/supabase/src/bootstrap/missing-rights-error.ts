/** Thrown when the role that should prepare a database lacks rights for it; the message lists each with the way to it. */
export class MissingRightsError extends Error {
  readonly missing: readonly string[];

  constructor(role: string, database: string, missing: readonly string[]) {
    super(
      `The role ${role} may not prepare the database ${database} for the local Supabase. It lacks:\n` +
        `${missing.map((right) => `- ${right}`).join("\n")}\n` +
        "Grant that, or run this once with the URL of a superuser.",
    );
    this.name = "MissingRightsError";
    this.missing = missing;
  }
}
