export { apiUrlOf, ourMigrations, prepareDatabase } from "./prepare-database.ts";
export { installedVersions, startSystemPostgres } from "./system-postgres.ts";
export { createTestApp } from "./test-app.ts";
export type { TestApp, TestAppOptions } from "./test-app.ts";
export type { TestClock } from "./test-clock.ts";
export { createTestDatabase } from "./test-database.ts";
export type { TestDatabase } from "./test-database.ts";
export type { LogEntry, TestLog } from "./test-log.ts";
export type { NewUser, TestUser } from "./test-user.ts";
