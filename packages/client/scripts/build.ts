import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";

const run = promisify(execFile);
const root = join(import.meta.dirname, "..");
const dist = join(root, "dist");

// In the order a reader wants them; each only refers to types declared in this list.
const declarationFiles = ["create-client", "client-options", "calls", "turnpike-error", "api.gen"];

async function bundle(): Promise<void> {
  await build({
    entryPoints: [join(root, "src/index.ts")],
    outfile: join(dist, "index.js"),
    bundle: true,
    format: "esm",
    platform: "neutral",
    mainFields: ["module", "main"],
    conditions: ["import", "browser"],
    target: "es2022",
    minify: true,
    legalComments: "none",
  });
  await writeFile(join(dist, "trpc.js"), "export {};\n");
}

async function emitDeclarations(outDir: string): Promise<void> {
  const compiler = join(dirname(fileURLToPath(import.meta.resolve("typescript/package.json"))), "bin", "tsc");
  const args = [compiler, "-p", join(root, "tsconfig.build.json"), "--outDir", outDir];
  // tsc reports on standard output, which the error of a failed command does not show.
  await run(process.execPath, args).catch((error: Error & { stdout?: string }) => {
    throw new Error(`The client does not compile:\n${error.stdout ?? error.message}`);
  });
}

/** Joins the declarations into one file that imports nothing. Errors: an import that is left over, by its line. */
async function joinDeclarations(outDir: string): Promise<string> {
  const parts = await Promise.all(declarationFiles.map((name) => readFile(join(outDir, `${name}.d.ts`), "utf8")));
  const text = parts
    .map((part) => part.replaceAll(/^import type? ?[^;]*from "\.\/[^"]+";\n/gm, "").trim())
    .join("\n\n");
  const leftOver = text.split("\n").find((line) => /\bimport\b.*["']|\brequire\(/.test(line));
  if (leftOver) throw new Error(`The client's declarations still import something: ${leftOver}`);
  return `${text}\n`;
}

async function writeDeclarations(): Promise<void> {
  const outDir = await mkdtemp(join(tmpdir(), "turnpike-client-"));
  try {
    await emitDeclarations(outDir);
    await writeFile(join(dist, "index.d.ts"), await joinDeclarations(outDir));
    const trpc = await readFile(join(outDir, "trpc.gen.d.ts"), "utf8");
    const rewritten = trpc.replaceAll(/"\.\/api\.gen(\.ts)?"/g, '"./index.js"');
    await writeFile(join(dist, "trpc.d.ts"), `${rewritten.trim()}\nexport type { ErrorShape };\n`);
  } finally {
    await rm(outDir, { recursive: true, force: true });
  }
}

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
await Promise.all([bundle(), writeDeclarations()]);
