import { AsyncLocalStorage } from "node:async_hooks";

/**
 * The id of the request being served, for failures that happen before there is a context (a batch that is too long, a path
 * that cannot be read). The server runs each request in it; everything else has `ctx.requestId`.
 */
export const requestIds = new AsyncLocalStorage<string>();
