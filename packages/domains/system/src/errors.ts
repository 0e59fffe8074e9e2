import { defineErrors } from "@turnpike/core";

/** What the operators' view of the platform refuses. */
export const errors = defineErrors("system", {
  dead_letter_not_found: { kind: "not_found", message: "There is no such dead letter; perhaps it was sent again." },
});
