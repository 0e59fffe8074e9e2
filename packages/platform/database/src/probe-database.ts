import pg from "pg";

/**
 * Asks PostgreSQL who we are, on a connection of its own: a pool whose connections are all at work says nothing about the
 * database. Resolves with the role that `url` logs in as, which may act as the service role.
 * Errors: what the server or the driver says, within `timeoutMs` milliseconds for the connection and as much for the answer.
 */
export async function probeDatabase({ url, timeoutMs }: { url: string; timeoutMs: number }): Promise<string> {
  const client = new pg.Client({
    connectionString: url,
    application_name: "turnpike-health",
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
  });
  // A connection that breaks while nobody waits for it is told to listeners, and without one to the process.
  client.on("error", () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ login_role: string }>(
      "select session_user::text as login_role, set_config('role', 'service_role', true)",
    );
    return rows[0]?.login_role ?? "";
  } finally {
    // Not waited for: a server that has stopped answering does not say goodbye either.
    client.end().catch(() => undefined);
  }
}
