import { once } from "node:events";
import { createServer } from "node:net";

/** The first free port on loopback from `preferred` on, up to 50 further. */
async function freePort(preferred: number): Promise<number> {
  for (let port = preferred; port < preferred + 50; port += 1) if (await isFree(port)) return port;
  throw new Error(`no free port between ${preferred} and ${preferred + 49}`);
}

/** The ports of a stack. */
export interface StackPorts {
  api: number;
  stripe: number;
  mail: number;
  supabase: number;
}

/** Free ports from `first` on, each above the one before, so that no two parts want the same. The API starts looking at `api` where given. */
export async function stackPorts(first: number, api: number | undefined): Promise<StackPorts> {
  const ports = { api: await freePort(api ?? first), stripe: 0, mail: 0, supabase: 0 };
  ports.stripe = await freePort(ports.api + 1);
  ports.mail = await freePort(ports.stripe + 1);
  ports.supabase = await freePort(ports.mail + 1);
  return ports;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
