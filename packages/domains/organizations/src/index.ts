import { defineModule } from "@turnpike/core";
import { errors } from "./errors.ts";
import { organizationsRouter } from "./router.ts";

export { Organization, OrganizationRole } from "./models.ts";
export { findLostPlaces } from "./service/find-lost-places.ts";
export { findOrganization } from "./service/find-organization.ts";
export { getOrganization } from "./service/get-organization.ts";
export { listOrganizations } from "./service/list-organizations.ts";

export default defineModule({ name: "organizations", router: organizationsRouter, errors });
