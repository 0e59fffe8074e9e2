import { once } from "node:events";
import type { Server } from "node:net";
import { createServer } from "node:net";

/** The ports of a stack. */
export interface StackPorts {
  api: number;
  stripe: number;
  mail: number;
  supabase: number;
  /** The API listens last, long after its port was chosen; until this is called nobody else gets it. */
  releaseApi: () => Promise<void>;
}

/** Free ports from `first` on, each above the one before, so that no two parts want the same. The API starts looking at `api` where given. */
export async function stackPorts(first: number, api: number | undefined): Promise<StackPorts> {
  const held = await holdFrom(api ?? first);
  const ports = { api: held.port, stripe: 0, mail: 0, supabase: 0, releaseApi: () => release(held.server) };
  ports.stripe = await freePort(ports.api + 1);
  ports.mail = await freePort(ports.stripe + 1);
  ports.supabase = await freePort(ports.mail + 1);
  return ports;
}

async function freePort(preferred: number): Promise<number> {
  const { port, server } = await holdFrom(preferred);
  await release(server);
  return port;
}

/** Takes the first free port on loopback from `preferred` on, up to 50 further. */
async function holdFrom(preferred: number): Promise<{ port: number; server: Server }> {
  for (let port = preferred; port < preferred + 50; port += 1) {
    const server = await hold(port);
    if (server) return { port, server };
  }
  throw new Error(`no free port between ${preferred} and ${preferred + 49}`);
}

/** Takes a port of loopback; null when it is taken. Who connects meanwhile is turned away. */
async function hold(port: number): Promise<Server | null> {
  const server = createServer((socket) => socket.destroy());
  try {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    // A start that fails must not be kept alive by the port that it held.
    server.unref();
    return server;
  } catch {
    return null;
  }
}

async function release(server: Server): Promise<void> {
  if (!server.listening) return;
  server.close();
  await once(server, "close");
}
