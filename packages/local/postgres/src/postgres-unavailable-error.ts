/**
 * PostgreSQL cannot run on this machine: no binaries for the platform, musl instead of glibc, or binaries that do not
 * start. The message says which, and that `DATABASE_URL` names a server to use instead.
 */
export class PostgresUnavailableError extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(`${reason}\nSet DATABASE_URL to a PostgreSQL server (15 to 18) to do without the embedded one.`, options);
    this.name = "PostgresUnavailableError";
  }
}
