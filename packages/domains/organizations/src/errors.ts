import { defineErrors } from "@turnpike/core";

/** What `organizations` refuses. An organization of others is as absent as one that never was. */
export const errors = defineErrors("organizations", {
  not_found: { kind: "not_found", message: "You have no organization of this id." },
});
