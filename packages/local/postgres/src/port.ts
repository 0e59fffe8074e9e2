import { createServer } from "node:net";
import { errorCode } from "./files.ts";

const TRIES = 50;

/** First port of 127.0.0.1 that is free: the preferred one, else the next ones, else any. */
export async function findFreePort(preferred: number | undefined): Promise<number> {
  if (preferred !== undefined) {
    const last = Math.min(preferred + TRIES, 65_535);
    for (let port = preferred; port <= last; port += 1) {
      if ((await tryListen(port)) !== null) return port;
    }
  }
  const any = await tryListen(0);
  if (any === null) throw new Error("No port of 127.0.0.1 is free.");
  return any;
}

/** The port that could be listened on, or null when it is taken or not allowed. */
function tryListen(port: number): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error) => {
      const code = errorCode(error);
      if (code === "EADDRINUSE" || code === "EACCES") resolve(null);
      else reject(error);
    });
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      const bound = typeof address === "object" && address !== null ? address.port : port;
      server.close(() => resolve(bound));
    });
  });
}
