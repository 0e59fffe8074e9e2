import type { OrganizationCtx } from "@turnpike/core";
import { errors } from "../errors.ts";

/** Lets owners and admins pass, and our own jobs. API keys read billing, they do not change it. Errors: billing.not_allowed. */
export function requireBillingRights(ctx: OrganizationCtx): void {
  const { role } = ctx.organization;
  if (ctx.actor.type === "system" || role === "owner" || role === "admin") return;
  throw errors.not_allowed({ organizationId: ctx.organization.id, role });
}

/** The person who acts; null for keys and jobs. */
export function actingUserId(ctx: OrganizationCtx): string | null {
  return ctx.actor.type === "user" || ctx.actor.type === "operator" ? ctx.actor.userId : null;
}
