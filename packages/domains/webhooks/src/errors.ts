import { defineErrors } from "@turnpike/core";

/** What the webhook route and the inbox refuse. */
export const errors = defineErrors("webhooks", {
  signature_invalid: { kind: "invalid", message: "The signature of this webhook is missing or wrong." },
  timestamp_out_of_range: {
    kind: "invalid",
    message: "The signature was made more than 300 seconds away from our clock.",
  },
  not_an_event: { kind: "invalid", message: "The body is not an event of the API version 1." },
  body_unreadable: { kind: "invalid", message: "The body could not be read. Send it whole and uncompressed." },
  event_not_found: { kind: "not_found", message: "There is no such event in the inbox." },
  event_foreign: { kind: "conflict", message: "This event belongs to another Stripe mode or account." },
});
