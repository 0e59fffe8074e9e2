export { databasePort } from "./database-port.ts";
export type { TransactionTimeouts } from "./database-port.ts";
export { apiRole, canActForUsers, setApiPassword } from "./login-role.ts";
export { migrate, MigrationError, readMigrations } from "./migrate.ts";
export type { Migration, MigrationReport } from "./migrate.ts";
export { openDatabase } from "./pool.ts";
export type { Database, PoolOptions, PoolStats } from "./pool.ts";
export { probeDatabase } from "./probe-database.ts";
export type { DatabaseProbe } from "./probe-database.ts";
