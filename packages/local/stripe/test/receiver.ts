import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import Stripe from "stripe";

/** A webhook endpoint on a free port that verifies with the SDK and keeps what came. */
export interface Receiver {
  url: string;
  /** Verifies what comes; set it to the secret of the endpoint that points here. */
  secret: string;
  /** Events whose signature the SDK accepted, in the order of arrival. */
  events: Stripe.Event[];
  /** Raw bodies and signature headers of every request. */
  requests: { body: string; signature: string }[];
  /** Statuses for the next requests; 200 when empty. */
  answers: number[];
  types(): string[];
  stop(): Promise<void>;
}

/** Starts a receiver; `port` brings one back where an earlier one was. */
export async function startReceiver(port = 0): Promise<Receiver> {
  const trust = { secret: "whsec_testsecretfortests0123456789" };
  const events: Stripe.Event[] = [];
  const requests: Receiver["requests"] = [];
  const answers: number[] = [];
  const stripe = new Stripe("sk_test_unused", { maxNetworkRetries: 0 });
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString("utf8");
      const signature = String(request.headers["stripe-signature"]);
      requests.push({ body, signature });
      const status = answers.shift() ?? 200;
      const event = verify(stripe, body, signature, trust.secret);
      if (status === 200 && event !== null) events.push(event);
      response.writeHead(event === null ? 400 : status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `http://127.0.0.1:${address.port}/webhook`,
    get secret() {
      return trust.secret;
    },
    set secret(value) {
      trust.secret = value;
    },
    events,
    requests,
    answers,
    types: () => events.map((event) => event.type),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function verify(stripe: Stripe, body: string, signature: string, secret: string): Stripe.Event | null {
  try {
    return stripe.webhooks.constructEvent(body, signature, secret);
  } catch {
    return null;
  }
}
