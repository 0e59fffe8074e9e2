import { Page, router, userProcedure } from "@turnpike/core";
import { GetOrganizationInput, ListOrganizationsInput, Organization } from "./models.ts";
import { getOrganization } from "./service/get-organization.ts";
import { listOrganizations } from "./service/list-organizations.ts";

/** Procedures of `organizations`. */
export const organizationsRouter = router({
  /** Lists the organizations that you are a member of, oldest first. */
  list: userProcedure
    .input(ListOrganizationsInput)
    .output(Page(Organization))
    .query(({ ctx, input }) => listOrganizations(ctx, input)),

  /** One of your organizations. Errors: organizations.not_found. */
  get: userProcedure
    .input(GetOrganizationInput)
    .output(Organization)
    .query(({ ctx, input }) => getOrganization(ctx, input)),
});
