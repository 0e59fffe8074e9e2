import { once } from "node:events";
import type { AddressInfo } from "node:net";
import express from "express";
import Stripe from "stripe";
import { createCtx, defineModule } from "@turnpike/core";
import type { AppConfig, StripeMirror } from "@turnpike/core";
import { createTestApp } from "@turnpike/testing";
import type { TestApp } from "@turnpike/testing";
import webhooks from "../src/index.ts";

const secret = "whsec_test";

/** The webhook route over real HTTP, in front of the test app. */
export interface WebhookBed {
  app: TestApp;
  url: string;
  /** Posts a body as it is; signs it with the test secret unless `headers` are given. */
  post(body: string | Buffer, headers?: Record<string, string>): Promise<Response>;
  /** Signs and posts an event. */
  deliver(event: object): Promise<Response>;
  close(): Promise<void>;
}

interface BedOptions {
  mirrors?: readonly StripeMirror[];
  config?: Partial<AppConfig>;
  runWorkers?: boolean;
}

/** Starts the bed. `mirrors` stand for what billing and products declare. */
export async function startWebhookBed(options: BedOptions = {}): Promise<WebhookBed> {
  const modules = [webhooks, defineModule({ name: "mirrored", stripe: options.mirrors ?? [] })];
  const app = await createTestApp({
    modules,
    runWorkers: options.runWorkers ?? true,
    ...(options.config && { config: options.config }),
  });
  const server = express();
  // A test says by x-forwarded-for whose delivery it is.
  server.set("trust proxy", "loopback");
  const router = express.Router();
  webhooks.http(router, { createCtx: (actor, request) => createCtx(app.deps, actor, request) });
  server.use(router);
  // What the whole app may have further down must not see the body first.
  server.use(express.json());
  const listener = server.listen(0, "127.0.0.1");
  await once(listener, "listening");
  const url = `http://127.0.0.1:${portOf(listener.address())}/api/webhooks/stripe`;
  const post: WebhookBed["post"] = (body, headers) =>
    fetch(url, {
      method: "POST",
      headers: headers ?? { "content-type": "application/json", "stripe-signature": sign(body) },
      body: Buffer.from(body),
    });
  return {
    app,
    url,
    post,
    deliver: (event) => post(JSON.stringify(event)),
    async close() {
      listener.closeAllConnections();
      listener.close();
      await app.close();
    },
  };
}

function portOf(address: AddressInfo | string | null): number {
  if (typeof address !== "object" || address === null) throw new Error("the server does not listen on a port");
  return address.port;
}

/** A `stripe-signature` header. `timestamp` in seconds, now unless given. */
export function sign(body: string | Buffer, options: { secret?: string; timestamp?: number } = {}): string {
  return Stripe.webhooks.generateTestHeaderString({
    payload: body.toString(),
    secret: options.secret ?? secret,
    ...(options.timestamp !== undefined && { timestamp: options.timestamp }),
  });
}

let made = 0;

/** An event as Stripe sends it, about a subscription unless `object` says otherwise. Ids are new each time. */
export function eventOf(changes: { object?: object; [field: string]: unknown } = {}): {
  id: string;
  type: string;
  [field: string]: unknown;
} {
  made += 1;
  const { object, ...envelope } = changes;
  return {
    id: `evt_${made}`,
    object: "event",
    type: "customer.subscription.updated",
    api_version: "2026-10-28.endive",
    created: 1_790_000_000 + made,
    livemode: false,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    data: { object: object ?? { object: "subscription", id: "sub_1", customer: "cus_1", status: "active" } },
    ...envelope,
  };
}
