export type * from "./api.gen.ts";
export type * from "./calls.ts";
export type * from "./client-options.ts";
export { createClient, type Client } from "./create-client.ts";
export { TurnpikeError, type FieldIssue } from "./turnpike-error.ts";
