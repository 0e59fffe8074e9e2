import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, onTestFinished, test } from "vitest";
import { readMemory } from "../measure/inspector.ts";

/** Starts a process that keeps 8 MB of text in its heap and drops as much, and answers where its inspector listens. */
async function startHolder(): Promise<string> {
  const text = "Array.from({ length: 40_000 }, (_, at) => String(at).padStart(200, 'x').split('').join(''))";
  const program = `globalThis.kept = ${text}; ${text}; console.log('held'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--inspect=127.0.0.1:0", "--eval", program], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(async () => {
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  });
  const { promise, resolve } = Promise.withResolvers<string>();
  child.stderr.on("data", (chunk: Buffer) => {
    const match = /Debugger listening on (ws:\S+)/.exec(chunk.toString());
    if (match?.[1]) resolve(match[1]);
  });
  await once(child.stdout, "data");
  return promise;
}

test("what a process holds is counted, and what it let go of is not", async () => {
  const url = await startHolder();
  const { rss, heapUsed } = await readMemory(url);
  expect(heapUsed).toBeGreaterThan(8e6);
  expect(heapUsed).toBeLessThan(16e6);
  expect(rss).toBeGreaterThan(heapUsed);
});
