import type { ErrorFacts } from "./load-facts.ts";
import { cell, generatedNote } from "./markdown.ts";
import type { Reference } from "./reference.ts";

const intro = `# Errors

A failed call answers its HTTP status and, under \`error.json.data\`, the stable \`appCode\` of one of these states, the request's
\`requestId\`, and where they apply \`fieldIssues\` and \`retryAfterSec\`. Branch on the code; the message is for people and may change.
Whatever is in none of these tables is \`core.internal\`, HTTP 500, and says nothing more.
`;

/** Writes `docs/errors.md`: every error of core and of the modules. The same reference gives the same text. */
export function renderErrorsFile({ coreErrors, modules }: Reference): string {
  const sections = [
    section("core", coreErrors),
    ...modules.filter(({ errors }) => errors.length > 0).map(({ name, errors }) => section(name, errors)),
  ];
  return [generatedNote, intro, ...sections].join("\n");
}

function section(name: string, errors: readonly ErrorFacts[]): string {
  const rows = errors.map(
    ({ appCode, kind, httpStatus, message }) => `| \`${cell(appCode)}\` | ${kind} | ${httpStatus} | ${cell(message)} |`,
  );
  return [`## ${name}`, "", "| code | kind | HTTP | message |", "|---|---|---|---|", ...rows, ""].join("\n");
}
