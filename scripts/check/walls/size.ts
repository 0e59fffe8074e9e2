import type { Finding, Workspace } from "../workspace.ts";

const maxLines = 200;

/** A hand-written file has at most 200 lines, tests too. */
export function checkSize({ packages }: Workspace): Finding[] {
  return packages.flatMap(({ files }) =>
    files.flatMap(({ path, text }) => {
      const lines = text.replace(/\n$/, "").split("\n").length;
      return lines > maxLines ? [{ file: path, message: `has ${lines} lines; the limit is ${maxLines}` }] : [];
    }),
  );
}
