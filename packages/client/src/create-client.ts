import type { Api } from "./api.gen.ts";
import type { ClientOptions } from "./client-options.ts";
import { connect } from "./connect.ts";

/** A client of the whole API: `client.billing.access.check.query({ feature: "seats" })`. */
export type Client = Api;

/**
 * Makes a client. Calls of the same tick travel in one request (at most 20), dates and maps arrive as such,
 * subscriptions reconnect and resume by themselves. Calls fail with `TurnpikeError` and with nothing else.
 */
export function createClient(options: ClientOptions): Client {
  return connect<Api>(options);
}
