import { once } from "node:events";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import { stackPorts } from "../free-port.ts";

/** Listens on a port of loopback, and says whether that went well. */
async function canListen(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    server.close();
    await once(server, "close");
    return true;
  } catch {
    return false;
  }
}

test("the API's port is nobody else's while the rest of the stack starts", async () => {
  const first = await stackPorts(28_000, undefined);
  expect(await canListen(first.api)).toBe(false);
  const second = await stackPorts(28_000, undefined);
  expect(second.api).not.toBe(first.api);
  await Promise.all([first.releaseApi(), second.releaseApi()]);
  expect(await canListen(first.api)).toBe(true);
});

test("no two parts of a stack want the same port", async () => {
  const { releaseApi, ...ports } = await stackPorts(28_200, undefined);
  expect(new Set(Object.values(ports)).size).toBe(4);
  await releaseApi();
});

test("a given port that is taken gives way to the next free one", async () => {
  const taken = await stackPorts(28_400, undefined);
  const { api, releaseApi } = await stackPorts(8000, taken.api);
  expect(api).toBeGreaterThan(taken.api);
  await Promise.all([taken.releaseApi(), releaseApi()]);
});
