import { readFile, writeFile } from "node:fs/promises";

const begin = "<!-- figures: written by pnpm bench --write -->";
const end = "<!-- end of figures -->";

/** Puts `figures` between the two markers of a page and leaves the rest alone. Errors: the markers are not there, once each and in order. */
export function withFigures(page: string, figures: string): string {
  const [before, middle, ...more] = page.split(begin);
  const [old, after, ...rest] = (middle ?? "").split(end);
  if (old === undefined || after === undefined || more.length > 0 || rest.length > 0)
    throw new Error(`The page has no place for figures: ${begin} and then ${end}, once each.`);
  return `${before}${begin}\n\n${figures.trim()}\n\n${end}${after}`;
}

/** Writes figures into a page, a file. Errors: it has no place for them. */
export async function writeFigures(file: string, figures: string): Promise<void> {
  await writeFile(file, withFigures(await readFile(file, "utf8"), figures));
}
