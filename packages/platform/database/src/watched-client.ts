import { Socket } from "node:net";
import pg from "pg";

/** How long PostgreSQL may leave whoever uses a connection without an answer, in milliseconds. */
export interface Patience {
  /** For the answer to the first statement. */
  firstMs: number;
  /** For every later one; counted in steps of `firstMs`. */
  silenceMs: number;
}

/**
 * A connection that ends itself when nothing comes back on it while it is in use. The server's own time-outs do not help
 * where the server, the pooler in between or the way there has stopped; the driver's `query_timeout` would hand the
 * connection to the next one with the statement still open on it.
 */
export class WatchedClient extends pg.Client {
  readonly #socket: Socket;
  #patience: Patience = { firstMs: 0, silenceMs: 0 };
  #before = { read: 0, written: 0 };
  #seen = 0;
  #silentMs = 0;

  constructor(config?: pg.ClientConfig) {
    const socket = new Socket();
    // Under TLS the driver puts another stream around it; what passes there is counted here all the same.
    super({ ...config, stream: () => socket });
    this.#socket = socket;
    socket.on("timeout", () => this.#onSilence());
  }

  /** Watches from now on, for somebody who has just taken the connection. */
  watch(patience: Patience): void {
    this.#patience = patience;
    this.#before = { read: this.#socket.bytesRead, written: this.#socket.bytesWritten };
    this.#seen = this.#passed();
    this.#silentMs = 0;
    this.#socket.setTimeout(patience.firstMs);
  }

  /** Nobody waits on it any more. */
  unwatch(): void {
    this.#socket.setTimeout(0);
  }

  #passed(): number {
    return this.#socket.bytesRead + this.#socket.bytesWritten;
  }

  #onSilence(): void {
    const { firstMs, silenceMs } = this.#patience;
    const passed = this.#passed();
    this.#silentMs = passed === this.#seen ? this.#silentMs + firstMs : firstMs;
    this.#seen = passed;
    const isFirstAwaited =
      this.#socket.bytesRead === this.#before.read && this.#socket.bytesWritten > this.#before.written;
    if (!isFirstAwaited && this.#silentMs < silenceMs) return void this.#socket.setTimeout(firstMs);
    const silent = new Error(`PostgreSQL has not answered for ${this.#silentMs} ms`);
    this.#socket.destroy(Object.assign(silent, { code: "ETIMEDOUT" }));
  }
}
