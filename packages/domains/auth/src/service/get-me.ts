import type { Ctx, SessionActor } from "@turnpike/core";
import { coreErrors } from "@turnpike/core";
import { listOrganizations } from "@turnpike/organizations";
import type { Me } from "../models.ts";
import { findProfile } from "../queries.ts";

const mostOrganizations = 100;

/** Who the caller is, read in one transaction as the caller. */
export async function getMe(ctx: Ctx & { actor: SessionActor }): Promise<Me> {
  const { actor } = ctx;
  return ctx.tx(async (tx) => {
    const profile = await findProfile(tx.db, actor.userId);
    if (!profile) throw coreErrors.not_found({ what: "profile", userId: actor.userId });
    const organizations = await listOrganizations({ ...tx, actor }, { limit: mostOrganizations });
    return {
      user: { id: actor.userId, email: actor.email, aal: actor.aal, sessionId: actor.sessionId },
      profile,
      organizations: organizations.items,
      isOperator: actor.type === "operator",
    };
  });
}
