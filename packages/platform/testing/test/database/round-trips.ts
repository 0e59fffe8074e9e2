import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { Socket } from "node:net";

/** A wire to PostgreSQL that counts how often the client waits for the server. */
export interface CountingWire {
  url: string;
  /** How many texts and Syncs went out since the last look; the server answers each before the client goes on. */
  take(): number;
  close(): Promise<void>;
}

/** Opens a wire to the server behind `url`. Source of the framing: https://www.postgresql.org/docs/current/protocol-message-formats.html */
export async function openCountingWire(url: string): Promise<CountingWire> {
  const { port } = new URL(url);
  const sockets = new Set<Socket>();
  let count = 0;
  const server = createServer((client) => {
    const upstream = connect(Number(port), "127.0.0.1");
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => [client, upstream].forEach((end) => end.destroy()));
    }
    const read = messageReader((type) => (count += type === "Q" || type === "S" ? 1 : 0));
    client.on("data", (chunk) => {
      read(chunk);
      upstream.write(chunk);
    });
    upstream.pipe(client);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: Object.assign(new URL(url), { port: String(address.port) }).href,
    take() {
      const taken = count;
      count = 0;
      return taken;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** Tells the type of each message after the first, which has none. */
function messageReader(onMessage: (type: string) => void): (chunk: Buffer) => void {
  let rest = Buffer.alloc(0);
  let isFirst = true;
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      const typeBytes = isFirst ? 0 : 1;
      if (rest.length < typeBytes + 4) return;
      const sizeBytes = typeBytes + rest.readInt32BE(typeBytes);
      if (rest.length < sizeBytes) return;
      if (!isFirst) onMessage(String.fromCharCode(rest[0] ?? 0));
      rest = rest.subarray(sizeBytes);
      isFirst = false;
    }
  };
}
