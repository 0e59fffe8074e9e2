import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

const script = fileURLToPath(new URL("../redis.sh", import.meta.url));
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "turnpike-redis-script-"));
  for (const tool of ["cat", "head", "sleep"]) {
    const home = ["/bin", "/usr/bin"].find((place) => existsSync(join(place, tool)));
    await symlink(join(home ?? "", tool), join(folder, tool));
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs it where it finds a few tools and no Docker of this machine; `docker` is the text of the program that stands there under that name. */
async function run(args: string[], docker?: string): Promise<{ code: number; output: string }> {
  await rm(join(folder, "docker"), { force: true });
  if (docker !== undefined) await writeFile(join(folder, "docker"), docker);
  if (docker !== undefined) await chmod(join(folder, "docker"), 0o755);
  const env = { PATH: folder };
  return new Promise((resolve) => {
    execFile("/bin/sh", [script, ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr }),
    );
  });
}

test("says what it does, and refuses what it does not know", async () => {
  expect(await run(["--help"])).toMatchObject({ code: 0, output: expect.stringContaining("start|stop|status|logs") });
  for (const args of [[], ["restart"], ["start", "now"], ["logs", "--since", "1h"]])
    expect(await run(args)).toMatchObject({ code: 2, output: expect.stringContaining("pnpm redis start") });
});

test.each(["start", "stop", "status", "logs"])("%s says so where Docker is not", async (command) => {
  const { code, output } = await run([command]);
  expect(code).toBe(4);
  expect(output).toContain("Docker is not installed");
});

test("says so where Docker is, but does not answer", async () => {
  const { code, output } = await run(["start"], "#!/bin/sh\nexit 1\n");
  expect(code).toBe(4);
  expect(output).toContain("does not answer");
});

test("starts Redis 7 on the loopback alone, and prints where it is", async () => {
  const seen = join(folder, "seen");
  const docker = `#!/bin/sh
echo "$*" >> ${seen}
case "$1" in
  container) exit 1 ;;
  exec) echo PONG ;;
  port) echo 127.0.0.1:6379 ;;
esac
`;
  const { code, output } = await run(["start"], docker);
  expect(output).toBe("Redis runs: REDIS_URL=redis://127.0.0.1:6379/0\n");
  expect(code).toBe(0);
  expect(await readFile(seen, "utf8")).toMatch(/^run .*--publish 127\.0\.0\.1:6379:6379 redis:7/m);
});
