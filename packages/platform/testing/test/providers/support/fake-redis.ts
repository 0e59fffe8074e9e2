import { once } from "node:events";
import { createServer } from "node:net";
import type { Socket } from "node:net";

/** Something that listens where a Redis should. */
export interface FakeRedis extends AsyncDisposable {
  url: string;
}

/** What it does about so many commands that came together. */
export type Reaction = (socket: Socket, commands: number) => void;

/** Starts it on a free port of the loopback; `react` answers whatever is said. */
export async function startFakeRedis(react: Reaction): Promise<FakeRedis> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    // Each command is a list on the wire. Source: https://redis.io/docs/latest/develop/reference/protocol-spec/.
    socket.setEncoding("latin1").on("data", (text: string) => react(socket, text.match(/\*\d+\r\n/g)?.length ?? 0));
    // The other end may go at any time.
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no TCP address");
  return {
    url: `redis://127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
