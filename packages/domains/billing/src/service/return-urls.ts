import type { AppConfig, FieldIssue } from "@turnpike/core";
import { coreErrors, isAllowedReturnUrl } from "@turnpike/core";

/** Refuses URLs that do not lead back to an origin of ours. Errors: core.invalid_input with an issue per field. */
export function requireReturnUrls(config: AppConfig, urls: Record<string, string>): void {
  const fieldIssues: FieldIssue[] = Object.entries(urls)
    .filter(([, url]) => !isAllowedReturnUrl(config, url))
    .map(([path]) => ({ path, message: "The URL must have an origin that this server is configured with." }));
  if (fieldIssues.length > 0) throw coreErrors.invalid_input(undefined, { fieldIssues });
}
