import type { Server } from "node:net";

const TRIES = 50;

/** Listens on 127.0.0.1 at the preferred port, else at the next free one; without one, at any. Returns the port. */
export async function listenNear(server: Server, preferred: number | undefined): Promise<number> {
  if (preferred === undefined) return listen(server, 0);
  if (!Number.isInteger(preferred) || preferred < 1 || preferred > 65_535) {
    throw new Error(`The port must be 1 to 65535, and is ${preferred}.`);
  }
  for (let port = preferred; port < Math.min(preferred + TRIES, 65_536); port += 1) {
    try {
      return await listen(server, port);
    } catch (error) {
      if (!isTaken(error)) throw error;
    }
  }
  return listen(server, 0);
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}

function isTaken(error: unknown): boolean {
  if (!(error instanceof Error) || !("code" in error)) return false;
  return error.code === "EADDRINUSE" || error.code === "EACCES";
}
