import type { Organization } from "../models.ts";
import { OrganizationRole } from "../models.ts";
import type { MembershipRow } from "../queries.ts";

/** A membership row as callers see it. */
export function organizationOf(row: MembershipRow): Organization {
  return { ...row, role: OrganizationRole.parse(row.role) };
}
