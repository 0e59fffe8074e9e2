import pg from "pg";

/** What a probe found. */
export interface DatabaseProbe {
  /** The role that the database takes us for; it may act as the service role. */
  loginRole: string;
  /** Whether the table is there and takes our rows. */
  isWritable: boolean;
}

interface ProbeOptions {
  url: string;
  /** How long the connection may take, and as long the answer, in milliseconds. */
  timeoutMs: number;
  /** `schema.table`. */
  table: string;
}

/**
 * Asks PostgreSQL who we are and whether we may add rows to a table, on a connection of its own: a pool whose connections
 * are all at work says nothing about the database. Errors: what the server or the driver says.
 */
export async function probeDatabase({ url, timeoutMs, table }: ProbeOptions): Promise<DatabaseProbe> {
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
    // The role last: it may not look into every schema, and a column sees what the ones before it have set.
    const { rows } = await client.query<{ login_role: string; is_writable: boolean }>(
      `select session_user::text as login_role,
        coalesce(has_table_privilege(to_regclass($1), 'insert'), false) as is_writable,
        set_config('role', 'service_role', true)`,
      [table],
    );
    const [found] = rows;
    return { loginRole: found?.login_role ?? "", isWritable: found?.is_writable ?? false };
  } finally {
    // Not waited for: a server that has stopped answering does not say goodbye either.
    client.end().catch(() => undefined);
  }
}
