import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const clientFolder = join(import.meta.dirname, "../..");
const modules = join(clientFolder, "node_modules");
const compiler = join(dirname(fileURLToPath(import.meta.resolve("typescript/package.json"))), "bin/tsc");

/** Packs the client as it would be published and answers the tarball's path. */
export async function packClient(folder: string): Promise<string> {
  const viaPnpm = process.env["npm_execpath"] ?? "";
  const [command, ...prefix] = viaPnpm.includes("pnpm") ? [viaPnpm] : ["npx", "-y", "pnpm@12.21.0"];
  if (command === undefined) throw new Error("There is no pnpm to pack with.");
  await run(command, [...prefix, "pack", "--pack-destination", folder], { cwd: clientFolder });
  const [tarball] = (await readdir(folder)).filter((name) => name.endsWith(".tgz"));
  if (tarball === undefined) throw new Error("pnpm pack made no tarball.");
  return join(folder, tarball);
}

/** A project outside the workspace that has installed the packed client with npm and nothing else. */
export interface Consumer extends AsyncDisposable {
  folder: string;
  /** Everything in node_modules, scopes opened, hidden files left out. */
  installed(): Promise<string[]>;
  /**
   * Compiles one source against the client and answers the compiler's errors and what the check cost. Declarations of
   * libraries are checked too when `skipLibCheck` is false.
   */
  compile(source: string, skipLibCheck?: boolean): Promise<{ errors: string[]; instantiations: number }>;
  /** Runs one source with Node and answers its output. */
  run(source: string): Promise<string>;
}

/** Makes the project. `linked` names packages of our own node_modules to put beside the client, as its peers. */
export async function makeConsumer(tarball: string, linked: readonly string[] = []): Promise<Consumer> {
  const folder = await mkdtemp(join(tmpdir(), "turnpike-consumer-"));
  await writeFile(join(folder, "package.json"), '{ "name": "consumer", "version": "1.0.0", "type": "module" }');
  // Without what pnpm put into the environment, npm behaves as in anyone's terminal.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("npm_")));
  await run("npm", ["install", "--offline", "--no-audit", "--no-fund", tarball], { cwd: folder, env });
  for (const name of linked) {
    await mkdir(dirname(join(folder, "node_modules", name)), { recursive: true });
    await symlink(join(modules, name), join(folder, "node_modules", name));
  }
  return {
    folder,
    installed: () => listInstalled(join(folder, "node_modules")),
    compile: (source, skipLibCheck = true) => compile(folder, source, skipLibCheck),
    run: async (source) => {
      await writeFile(join(folder, "run.mjs"), source);
      return (await run(process.execPath, [join(folder, "run.mjs")], { cwd: folder })).stdout;
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

async function listInstalled(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => !name.startsWith("."));
  const nested = await Promise.all(
    names.map(async (name) =>
      name.startsWith("@") ? (await readdir(join(folder, name))).map((inner) => `${name}/${inner}`) : [name],
    ),
  );
  return nested.flat().toSorted();
}

async function compile(
  folder: string,
  source: string,
  skipLibCheck: boolean,
): Promise<{ errors: string[]; instantiations: number }> {
  const compilerOptions = {
    target: "es2022",
    lib: ["es2022", "dom"],
    module: "nodenext",
    strict: true,
    noEmit: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck,
    types: [],
  };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["consumer.ts"] }));
  await writeFile(join(folder, "consumer.ts"), source);
  const args = [compiler, "-p", folder, "--extendedDiagnostics", "--pretty", "false"];
  const output = await run(process.execPath, args).then(
    ({ stdout }) => stdout,
    (error: Error & { stdout?: string }) => error.stdout ?? error.message,
  );
  return {
    errors: output.split("\n").filter((line) => line.includes("error TS")),
    instantiations: Number(/^Instantiations:\s+(\d+)/m.exec(output)?.[1] ?? Number.NaN),
  };
}
