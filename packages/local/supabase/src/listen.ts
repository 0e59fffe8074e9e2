import { type Server, createServer } from "node:http";

const HOST = "127.0.0.1";
const TRIES = 50;
const CLOSE_TIMEOUT_MS = 2_000;

/**
 * Opens a server on loopback, on the preferred port or the next free one (0: any).
 * Errors: the system's error when no port of the next fifty is free.
 */
export async function listenOnLoopback(preferredPort: number): Promise<{ server: Server; url: string }> {
  const last = Math.min(preferredPort + TRIES, 65_535);
  for (let port = preferredPort; ; port += 1) {
    const server = createServer();
    try {
      const taken = await listen(server, port);
      return { server, url: `http://${HOST}:${taken}` };
    } catch (error) {
      if (!isPortTaken(error) || port >= last) throw error;
    }
  }
}

/** Stops accepting, ends idle connections at once and the others after their answer, or after two seconds. */
export async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()));
  });
  server.closeIdleConnections();
  const deadline = setTimeout(() => server.closeAllConnections(), CLOSE_TIMEOUT_MS);
  await closed.finally(() => clearTimeout(deadline));
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, HOST, () => {
      server.off("error", reject);
      resolve();
    });
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no TCP address.");
  return address.port;
}

function isPortTaken(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "EADDRINUSE" || error.code === "EACCES");
}
