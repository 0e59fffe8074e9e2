import { once } from "node:events";
import { createServer } from "node:http";
import { freePort } from "@turnpike/testing";

/** A server in Stripe's place that answers everything alike. */
export interface StripeStub {
  url: string;
  /** What it was asked for by Stripe's SDK. */
  asked: string[];
  /** How it answers from now on; `never` leaves the question open. */
  answer: number | "never";
  close(): Promise<void>;
}

const errorType: Readonly<Record<number, string>> = { 401: "invalid_request_error", 403: "invalid_request_error" };

/** Starts it. */
export async function startStripeStub(answer: StripeStub["answer"]): Promise<StripeStub> {
  const port = await freePort();
  const server = createServer((req, res) => {
    if (!req.url?.startsWith("/v1/")) return void res.writeHead(404).end();
    stub.asked.push(req.url);
    if (stub.answer === "never") return;
    const ok = { object: "list", data: [], has_more: false, url: "/v1/products" };
    const failure = { error: { type: errorType[stub.answer] ?? "api_error", message: "no" } };
    res.writeHead(stub.answer, { "content-type": "application/json" });
    res.end(JSON.stringify(stub.answer === 200 ? ok : failure));
  });
  const stub: StripeStub = {
    url: `http://127.0.0.1:${port}`,
    asked: [],
    answer,
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return stub;
}
