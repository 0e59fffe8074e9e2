import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

const Dependencies = z.record(z.string(), z.string());

/** The parts of a package.json that the scripts read. */
export const Manifest = z.looseObject({
  name: z.string().optional(),
  dependencies: Dependencies.optional(),
  devDependencies: Dependencies.optional(),
  peerDependencies: Dependencies.optional(),
});
/** The parts of a package.json that the scripts read. */
export type Manifest = z.infer<typeof Manifest>;

/** Reads a folder's package.json. Errors: no file, not JSON, not a manifest; the message names the file. */
export async function readManifest(folder: string): Promise<Manifest> {
  const file = join(folder, "package.json");
  const text = await readFile(file, "utf8").catch(() => {
    throw new Error(`${file}: every package needs a package.json.`);
  });
  try {
    return Manifest.parse(JSON.parse(text));
  } catch (cause) {
    throw new Error(`${file}: not a package.json that can be read.`, { cause });
  }
}

/** Replaces fields of a folder's package.json and leaves the others, their order too, as they are. */
export async function editManifest(folder: string, fields: Partial<Manifest>): Promise<void> {
  const file = join(folder, "package.json");
  const present = z.record(z.string(), z.unknown()).parse(JSON.parse(await readFile(file, "utf8")));
  await writeFile(file, `${JSON.stringify({ ...present, ...fields }, null, 2)}\n`);
}
