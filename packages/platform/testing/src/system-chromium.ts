import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isInstalled } from "./system-program.ts";

/** Why a suite that needs a browser is skipped where there is none. */
export const noChromiumReason = "chromium is not installed (Debian: apt-get install chromium)";

/** Whether the system's packages have installed a Chromium. */
export function hasSystemChromium(): Promise<boolean> {
  return isInstalled("chromium");
}

// It refuses to be root in its sandbox, and containers give little shared memory.
const settings = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"];

/** Opens a page in a browser of its own, with nothing remembered. Answers the function that closes it. */
export async function openInChromium(url: string): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "turnpike-chromium-"));
  // In a group of its own, so that its helpers end with it.
  const browser = spawn("chromium", [...settings, `--user-data-dir=${folder}`, url], {
    stdio: "ignore",
    detached: true,
  });
  const end = (): void => {
    if (browser.pid !== undefined && browser.exitCode === null) process.kill(-browser.pid, "SIGKILL");
  };
  process.once("exit", end);
  const exited = once(browser, "exit");
  return async () => {
    process.off("exit", end);
    end();
    await exited;
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
}
