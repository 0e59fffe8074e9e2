import pg from "pg";

/** The login role of the API. */
export const apiRole = "turnpike_api";

/**
 * Gives the API's login role the password that its `DATABASE_URL` carries and lets it log in. Returns what was done,
 * for the one who runs the migration: a URL of another role leaves the login role as it is.
 */
export async function setApiPassword(
  ownerUrl: string,
  apiUrl: string | undefined,
): Promise<"set" | "other_role" | "no_password"> {
  if (!apiUrl) return "no_password";
  const { username, password } = new URL(apiUrl);
  // A pooler's user is `role.project`.
  if (decodeURIComponent(username).split(".")[0] !== apiRole) return "other_role";
  if (password === "") return "no_password";
  const client = new pg.Client({ connectionString: ownerUrl, application_name: "turnpike-migrate" });
  await client.connect();
  try {
    await client.query(`alter role ${apiRole} login password ${pg.escapeLiteral(decodeURIComponent(password))}`);
  } finally {
    await client.end();
  }
  return "set";
}
