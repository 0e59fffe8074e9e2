import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runDemo } from "./demo/run-demo.ts";
import { runScript } from "./stack/run-script.ts";
import { readSettings } from "./stack/settings.ts";
import type { StackInfo } from "./stack/stack-file.ts";
import { findRunningStack } from "./stack/stack-file.ts";
import { startStack } from "./stack/start-stack.ts";
import { listenForStop } from "./stack/stop-request.ts";

const help = `pnpm demo

Plays a customer's story against the stack that runs in this folder, else against one of its own that it removes afterwards:
signs up, is refused, checks out, pays, is let in by the webhook, cancels, stays in until the end, and is refused after it.
Moves the local Stripe's clock to the end of the period.
`;

const write = (line: string): void => void process.stdout.write(line);

await runScript({
  help,
  options: {},
  async run() {
    const running = await findRunningStack();
    if (running) await runDemo(running, write);
    else await withOwnStack((stack) => runDemo(stack, write));
    write("done\n");
  },
});

async function withOwnStack(use: (stack: StackInfo) => Promise<void>): Promise<void> {
  const stopRequest = listenForStop();
  const dataDir = await mkdtemp(join(tmpdir(), "turnpike-demo-"));
  write("no stack runs in this folder: starting one for the demo\n");
  try {
    const stack = await startStack({
      settings: readSettings({}),
      dataDir,
      firstPort: 8100,
      logLevel: "error",
      onProgress: () => undefined,
    });
    try {
      const stopped = stopRequest.made.then(() => Promise.reject(new Error("stopped")));
      await Promise.race([use(stack.info), stopped]);
    } finally {
      await stack.stop();
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}
