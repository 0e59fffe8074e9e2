import { once } from "node:events";
import { Agent, createServer, request } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";

const probeEveryMs = 200;
const probeTimeoutMs = 2_000;
const untilTimeoutMs = 30_000;
// What belongs to one connection and not to the message.
const hopHeaders = new Set(["connection", "expect", "keep-alive", "transfer-encoding", "upgrade", "te", "trailer"]);

interface Backend {
  url: URL;
  isReady: boolean;
  timer: NodeJS.Timeout | undefined;
}

/**
 * A round-robin proxy in front of the web processes. It asks each process for `/readyz` every 200 ms and sends new requests
 * only to those that answered 200 last, over connections that it keeps. A request is tried once: one that its process did not
 * answer is a 502, and its process gets nothing until the next good probe; without a process it is a 503.
 */
export class Balancer {
  /** Where it listens. */
  url = "";
  /** Requests that found no process or lost it before it answered. */
  failures = 0;
  readonly #backends: Backend[] = [];
  // One for all, so that a process that is taken out keeps the connections of what still runs there.
  readonly #agent = new Agent({ keepAlive: true });
  readonly #server = createServer((req, res) => this.#handle(req, res));
  #next = 0;
  #changed = Promise.withResolvers<void>();

  /** Listens on a free port of the loopback. */
  async start(): Promise<void> {
    // Longer than any client keeps an idle connection, so that none sends into one that is being closed.
    this.#server.keepAliveTimeout = 120_000;
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("no TCP address");
    this.url = `http://127.0.0.1:${address.port}`;
  }

  /** Takes a process in; it gets requests from its first good probe on. */
  add(url: string): void {
    const backend = { url: new URL(url), isReady: false, timer: undefined };
    this.#backends.push(backend);
    void this.#watch(backend);
  }

  /** Sends a process nothing new and probes it no more. What runs goes on. */
  remove(url: string): void {
    const index = this.#backends.findIndex((backend) => backend.url.href === new URL(url).href);
    for (const backend of index === -1 ? [] : this.#backends.splice(index, 1)) this.#leave(backend);
  }

  /** The origins of the processes that get requests now. */
  ready(): string[] {
    return this.#backends.filter(({ isReady }) => isReady).map(({ url }) => url.origin);
  }

  /** Resolves when this process gets requests, or no longer does. Errors: not within 30 s. */
  async until(url: string, wanted: "ready" | "not_ready"): Promise<void> {
    const isReached = () => this.ready().includes(new URL(url).origin) === (wanted === "ready");
    const deadline = Date.now() + untilTimeoutMs;
    while (!isReached()) {
      if (Date.now() > deadline) throw new Error(`${url} did not become ${wanted} in time`);
      await Promise.race([this.#changed.promise, pause(probeEveryMs)]);
    }
  }

  /** Stops listening and cuts what still runs. */
  async close(): Promise<void> {
    for (const backend of this.#backends.splice(0)) this.#leave(backend);
    this.#agent.destroy();
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }

  #handle(req: IncomingMessage, res: ServerResponse): void {
    const ready = this.#backends.filter(({ isReady }) => isReady);
    const backend = ready[this.#next++ % ready.length];
    if (!backend) this.failures += 1;
    if (!backend) return void res.writeHead(503, { "retry-after": "1" }).end();
    forward(req, res, { url: backend.url, agent: this.#agent }, () => {
      this.failures += 1;
      this.#setReady(backend, false);
    });
  }

  #setReady(backend: Backend, isReady: boolean): void {
    if (backend.isReady === isReady) return;
    backend.isReady = isReady;
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  #leave(backend: Backend): void {
    clearTimeout(backend.timer);
    this.#setReady(backend, false);
  }

  async #watch(backend: Backend): Promise<void> {
    const isReady = await probe(backend.url);
    if (!this.#backends.includes(backend)) return;
    this.#setReady(backend, isReady);
    backend.timer = setTimeout(() => void this.#watch(backend), probeEveryMs);
  }
}

/** A connection of its own each time, as a balancer's probes have. */
async function probe(url: URL): Promise<boolean> {
  const call = request(new URL("/readyz", url), { agent: false, timeout: probeTimeoutMs });
  return new Promise((resolve) => {
    call.once("response", (response) => resolve(response.resume().statusCode === 200));
    call.once("timeout", () => call.destroy());
    call.once("error", () => resolve(false));
    call.end();
  });
}

function forward(
  req: IncomingMessage,
  res: ServerResponse,
  { url, agent }: { url: URL; agent: Agent },
  onLost: () => void,
): void {
  const headers = Object.fromEntries(Object.entries(req.headers).filter(([name]) => !hopHeaders.has(name)));
  const forwardedFor = [req.headers["x-forwarded-for"], req.socket.remoteAddress].flat().filter(Boolean).join(", ");
  const call = request(new URL(req.url ?? "/", url), {
    agent,
    method: req.method,
    headers: { ...headers, "x-forwarded-for": forwardedFor, "x-forwarded-proto": "http" },
  });
  call.once("response", (response) => answer(response, res));
  call.once("error", () => {
    // The client has gone, or an answer that had begun broke off: nobody is owed another one.
    if (res.destroyed || res.headersSent) return void res.destroy();
    onLost();
    res.writeHead(502, { connection: "close" }).end();
  });
  res.once("close", () => call.destroy());
  req.pipe(call);
}

function answer(response: IncomingMessage, res: ServerResponse): void {
  const headers = Object.entries(response.headers).filter(([name]) => !hopHeaders.has(name));
  res.writeHead(response.statusCode ?? 502, Object.fromEntries(headers));
  res.flushHeaders();
  response.pipe(res);
  // A half answer must not look like a whole one.
  response.once("error", () => res.destroy());
}
