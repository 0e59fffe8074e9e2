export { startJobs } from "./boss.ts";
export type { Jobs } from "./boss.ts";
export { jobsHealth } from "./jobs-health.ts";
export type { JobsHealth } from "./jobs-health.ts";
export { migrateJobs } from "./migrate-jobs.ts";
export { deadLetterQueue, jobsSchema, jobsTable } from "./names.ts";
export { runListener } from "./run-listener.ts";
export { startWorkers } from "./workers.ts";
export type { CtxOfJob, JobFields } from "./workers.ts";
