import { z } from "zod";
import { defineEvents } from "@turnpike/core";

const OfUser = z.object({ userId: z.uuid() });
const OfSession = OfUser.extend({ sessionId: z.uuid() });

/** What happens to identities. Ids only: no address, no token. */
export const events = defineEvents("auth", {
  /** Somebody signed up. Happens again when the same unconfirmed address signs up again and is sent a new mail. */
  signed_up: OfUser,
  /** A session began by password. `needsSecondFactor`: it is good for nothing yet but the second step. */
  signed_in: OfSession.extend({ needsSecondFactor: z.boolean() }),
  signed_out: OfSession.extend({ scope: z.enum(["this", "others", "all"]) }),
  /** An address was confirmed by its link; that began the session. */
  email_confirmed: OfSession,
  /** A forgotten password was replaced by its link; that began the session and ended all others. */
  password_reset: OfSession,
  /** Somebody was made an operator. */
  operator_granted: OfUser,
});
