import { lineAt, type Finding, type Workspace } from "../workspace.ts";

const directive = /(?:oxlint|eslint)-(?:disable|enable)[^\n]*|@ts-(?:ignore|nocheck|expect-error)[^\n]*/g;

/** A rule is switched off for one line, with the reason behind ` -- ` or a colon. */
export function checkExceptions({ packages }: Workspace): Finding[] {
  const files = packages.flatMap((entry) => entry.files).filter((file) => !file.path.startsWith("scripts/check/"));
  return files.flatMap(({ path, text }) =>
    [...text.matchAll(directive)]
      .filter((match) => !isExplained(match[0]))
      .map((match) => ({
        file: `${path}:${lineAt(text, match.index)}`,
        message: `switches a rule off without a reason, or for more than a line: ${match[0].trim()}`,
      })),
  );
}

function isExplained(text: string): boolean {
  if (text.startsWith("@ts-expect-error")) return text.trim().length > "@ts-expect-error ".length + 5;
  return /^(?:oxlint|eslint)-disable(?:-next)?-line\s\S+.* -- \S/.test(text);
}
