import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { Socket } from "node:net";

/** A way to a server, on which everything can get lost. */
export interface SilentWay extends AsyncDisposable {
  /** The target's URL, by this way. */
  url: string;
  /** From now on nothing passes on the connections that are open, not even their end; new ones are well. */
  silence(): void;
}

/** Opens a way to the host and port of a URL, on a free port of the loopback. */
export async function openSilentWay(target: string): Promise<SilentWay> {
  const { hostname, port } = new URL(target);
  const pairs = new Set<{ ends: Socket[]; isSilent: boolean }>();
  const server = createServer({ allowHalfOpen: true }, (inner) => {
    const outer = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    const pair = { ends: [inner, outer], isSilent: false };
    pairs.add(pair);
    const carry = (from: Socket, to: Socket): void => {
      from.on("data", (data) => void (pair.isSilent || to.write(data)));
      from.on("end", () => void (pair.isSilent || to.end()));
      from.on("error", () => void (pair.isSilent || to.destroy()));
    };
    carry(inner, outer);
    carry(outer, inner);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no TCP address");
  return {
    url: Object.assign(new URL(target), { hostname: "127.0.0.1", port: String(address.port) }).href,
    silence() {
      for (const pair of pairs) pair.isSilent = true;
    },
    async [Symbol.asyncDispose]() {
      for (const { ends } of pairs) for (const end of ends) end.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
