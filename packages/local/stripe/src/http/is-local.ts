import type { Request } from "express";

/**
 * Whether a request comes from one of our own pages or from a program on this machine. A foreign web page is told from
 * them by what browsers always send along: the name it asked for, and with anything but a read the page it came from.
 * Programs send no such header and pass. Source: fetch.spec.whatwg.org (Origin), w3c.github.io/webappsec-fetch-metadata (Sec-Fetch-Site).
 */
export function isLocal(request: Request): boolean {
  // A foreign name that resolves to loopback is not ours.
  if (!["127.0.0.1", "localhost", "[::1]"].includes(request.hostname)) return false;
  if (request.method === "GET" || request.method === "HEAD") return true;
  const site = request.get("sec-fetch-site");
  const origin = request.get("origin");
  // Another port of this machine is "same-site" and yet another program's page.
  if (site !== undefined && site !== "same-origin") return false;
  return origin === undefined || origin === `http://${request.get("host") ?? ""}`;
}
