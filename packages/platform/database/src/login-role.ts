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

/** Whether the login role exists and may take the roles of visitors, users and the service here. */
export async function canActForUsers(ownerUrl: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: ownerUrl, application_name: "turnpike-migrate" });
  await client.connect();
  try {
    const { rows } = await client.query<{ granted: boolean }>(
      `select coalesce(bool_and(pg_has_role(login.oid, role.oid, 'MEMBER')), false) as granted
       from pg_roles login, pg_roles role
       where login.rolname = $1 and role.rolname in ('anon', 'authenticated', 'service_role')`,
      [apiRole],
    );
    return rows[0]?.granted === true;
  } finally {
    await client.end();
  }
}
