/** The schema that pg-boss keeps to itself. */
export const jobsSchema = "pgboss";

/** The table that jobs are put into. */
export const jobsTable = `${jobsSchema}.job`;

/** Where jobs rest that failed for good. */
export const deadLetterQueue = "dead_letter";
