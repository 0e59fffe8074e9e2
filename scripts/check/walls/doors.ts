import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { lineAt, type Finding, type Workspace } from "../workspace.ts";

/** The list of every call of `ctx.system(reason)`, one `path: reason` a line. */
export const doorList = "scripts/check/system-doors.txt";

// Not in a comment, which may well speak of it.
const call = /(?<!^\s*(?:\/\/|\/?\*).*)\.system\(\s*("[^"\n]*"|\w+)?/gm;

/**
 * Every use of the service role is on a list that a reviewer reads. A new one is added by hand, one that is gone is
 * taken off; the reason is a literal, so that the log can be searched for it.
 */
export async function checkDoors({ root, packages }: Workspace): Promise<Finding[]> {
  const files = packages.filter(({ layer }) => layer !== "root" && layer !== "core").flatMap((entry) => entry.files);
  const calls = files
    .filter((file) => !file.isTest)
    .flatMap(({ path, text }) =>
      [...text.matchAll(call)].map((match) => ({
        path,
        line: lineAt(text, match.index),
        reason: literalOf(text, match[1] ?? ""),
      })),
    );
  const unnamed = calls
    .filter(({ reason }) => reason === null)
    .map(({ path, line }) => ({
      file: `${path}:${line}`,
      message: "the reason for the service role must be a string of this file",
    }));
  const present = new Set(calls.flatMap(({ path, reason }) => (reason === null ? [] : [`${path}: ${reason}`])));
  const list = join(root, doorList);
  const listed = new Set(existsSync(list) ? (await readFile(list, "utf8")).split("\n").filter(Boolean) : []);
  return [
    ...unnamed,
    ...[...present].filter((line) => !listed.has(line)).map((line) => ({ file: doorList, message: `lacks "${line}"` })),
    ...[...listed]
      .filter((line) => !present.has(line))
      .map((line) => ({ file: doorList, message: `still lists "${line}"` })),
  ];
}

// A reason is written in place, or as a constant of the same file.
function literalOf(text: string, argument: string): string | null {
  if (argument.startsWith('"')) return argument.slice(1, -1);
  return new RegExp(`^const ${argument} = "([^"\\n]*)";`, "m").exec(text)?.[1] ?? null;
}
