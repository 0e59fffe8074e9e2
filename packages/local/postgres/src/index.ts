export { PostgresUnavailableError } from "./postgres-unavailable-error.ts";
export { startPostgres } from "./start-postgres.ts";
export type { LocalPostgres, StartOptions } from "./start-postgres.ts";
export { installedVersions, startSystemPostgres } from "./system-postgres.ts";
export type { SystemPostgres } from "./system-postgres.ts";
