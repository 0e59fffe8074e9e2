import { z } from "zod";
import { PageInput } from "@turnpike/core";

/** What a person is in an organization. */
export const OrganizationRole = z.enum(["owner", "admin", "member"]);
export type OrganizationRole = z.output<typeof OrganizationRole>;

/** An organization as one of its members sees it. */
export const Organization = z.object({
  id: z.uuid(),
  name: z.string(),
  /** Whether it is the caller's own, made at sign-up. */
  isPersonal: z.boolean(),
  /** What the caller is in it. */
  role: OrganizationRole,
  createdAt: z.date(),
});
export type Organization = z.output<typeof Organization>;

/** Names an organization. */
export const GetOrganizationInput = z.object({ organizationId: z.uuid() });
export type GetOrganizationInput = z.output<typeof GetOrganizationInput>;

/** A page of organizations; the cursor is the id of the last one of the page before. */
export const ListOrganizationsInput = PageInput.extend({ cursor: z.uuid().nullish() }).prefault({});
export type ListOrganizationsInput = z.output<typeof ListOrganizationsInput>;
