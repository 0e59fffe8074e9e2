import { defineModule } from "@turnpike/core";
import { errors } from "./errors.ts";
import { events } from "./events.ts";
import { authRouter } from "./router.ts";

export { actorOfToken } from "./actor-of-token.ts";
export { findEndedCallers } from "./service/find-ended-callers.ts";
export { findUserByEmail } from "./service/find-user.ts";
export { setOperator } from "./service/set-operator.ts";
export { createTokenVerifier } from "./token-verifier.ts";
export type { TokenVerifierOptions, VerifiedToken } from "./token-verifier.ts";

export default defineModule({ name: "auth", router: authRouter, errors, events });
