import { once } from "node:events";
import { connect } from "node:net";
import type { Socket } from "node:net";
import express from "express";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AppError } from "@turnpike/core";
import { createByteBudget } from "../src/byte-budget.ts";
import { readBody } from "../src/read-body.ts";
import { eventOf, startWebhookBed } from "./webhook-bed.ts";
import type { WebhookBed } from "./webhook-bed.ts";

const mebibyte = 1024 * 1024;
let bed: WebhookBed;

beforeAll(async () => {
  bed = await startWebhookBed({ runWorkers: false });
});
afterAll(() => bed.close());

/** Sends a body of 1 MiB but for its last byte, from an address. */
function sendUnfinished(url: string, address: string): Socket {
  const { hostname, port, pathname } = new URL(url);
  const head = `POST ${pathname} HTTP/1.1\r\nhost: test\r\nx-forwarded-for: ${address}\r\ncontent-length: ${mebibyte}\r\n\r\n`;
  const socket = connect(Number(port), hostname);
  socket.write(Buffer.concat([Buffer.from(head), Buffer.alloc(mebibyte - 1, "x")]));
  return socket;
}

async function firstLine(socket: Socket): Promise<string | undefined> {
  return String((await once(socket, "data"))[0]).split("\r\n")[0];
}

test("a sender of bodies that are never finished uses up its own share, and others are still taken", async () => {
  const senders = Array.from({ length: 70 }, () => sendUnfinished(bed.url, "203.0.113.1"));
  expect(await Promise.race(senders.map(firstLine))).toBe("HTTP/1.1 503 Service Unavailable");
  expect((await bed.deliver(eventOf())).status).toBe(200);
  for (const socket of senders) socket.destroy();
});

test("many senders of bodies that are never finished use up no more than is held of all, and what they held comes back", async () => {
  const senders = Array.from({ length: 70 }, (_, place) => sendUnfinished(bed.url, `203.0.113.${place}`));
  expect(await Promise.race(senders.map(firstLine))).toBe("HTTP/1.1 503 Service Unavailable");
  await Promise.allSettled(senders.map((socket) => once(socket.destroy(), "close")));
  await expect.poll(async () => (await bed.deliver(eventOf())).status, { timeout: 10_000 }).toBe(200);
});

test("a body that is not whole at its deadline is refused, and what it held comes back", async () => {
  const limits = { maxBytes: mebibyte, deadlineMs: 100 };
  const budget = createByteBudget({ maxBytes: mebibyte, maxBytesPerSender: mebibyte });
  const server = express();
  server.post("/", async (req, res) => {
    const body = await readBody(req, limits, budget).catch((error: unknown) => error);
    res.status(body instanceof AppError ? 400 : 200).json(body instanceof AppError ? body.details : {});
  });
  const listener = server.listen(0, "127.0.0.1");
  await once(listener, "listening");
  const address = listener.address();
  if (typeof address !== "object" || address === null) throw new Error("the server does not listen on a port");
  const url = `http://127.0.0.1:${address.port}/`;
  const late = sendUnfinished(url, "203.0.113.1");
  expect(await firstLine(late)).toBe("HTTP/1.1 400 Bad Request");
  const whole = await fetch(url, { method: "POST", body: Buffer.alloc(mebibyte, "x") });
  expect(whole.status).toBe(200);
  late.destroy();
  listener.closeAllConnections();
  listener.close();
});
