import { lockFolder } from "./stack/folder-lock.ts";
import { createProgress } from "./stack/progress.ts";
import { printReady } from "./stack/ready-block.ts";
import { runScript } from "./stack/run-script.ts";
import { loadEnvFile, readSettings } from "./stack/settings.ts";
import { findRunningStack, removeStackFile, writeStackFile } from "./stack/stack-file.ts";
import { startStack } from "./stack/start-stack.ts";
import { listenForStop } from "./stack/stop-request.ts";

const folder = ".turnpike";
const help = `pnpm dev

Starts everything that Turnpike needs on this machine: PostgreSQL, Supabase Auth, Stripe, a mail catcher and the API.
Whatever DATABASE_URL, SUPABASE_*, STRIPE_*, REDIS_URL, SMTP_URL or PORT name in the environment or in .env replaces that part.
Ctrl-C stops all of it. Data stays in .turnpike/ until that folder is removed.
`;

await runScript({ help, options: {}, run: dev });

async function dev(): Promise<void> {
  loadEnvFile();
  const running = await findRunningStack();
  if (running) {
    throw new Error(
      `Turnpike runs in this folder already: ${running.apiUrl} (process ${running.pid}). Stop it there with Ctrl-C first.`,
    );
  }
  const unlock = await lockFolder(folder);
  const stopRequest = listenForStop();
  const progress = createProgress();
  const stack = await startStack({
    settings: readSettings(process.env),
    dataDir: folder,
    firstPort: 8000,
    logLevel: process.env.LOG_LEVEL || "warn",
    onProgress: progress.step,
  });
  // Who stops it while it starts gets no ready block: what has started is stopped in order.
  if (!stopRequest.isMade) {
    progress.done();
    await writeStackFile(stack.info);
    printReady(stack.info);
    await stopRequest.made;
  }
  process.stdout.write("\nstopping …\n");
  await removeStackFile();
  await stack.stop();
  unlock();
  process.stdout.write("stopped\n");
  process.exit(0);
}
