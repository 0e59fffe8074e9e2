import { Router } from "express";
import { reference } from "../reference.gen.ts";

const policy = [
  "default-src 'none'",
  `style-src '${reference.styleHash}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** `GET /docs`: the API reference, one page that loads nothing. Its examples call `apiUrl`. */
export function docsRoutes(apiUrl: string): Router {
  const page = reference.html.replaceAll(reference.exampleUrl, () => addressOf(apiUrl));
  const routes = Router();
  routes.get("/docs", (_req, res) => {
    res.setHeader("cache-control", "no-cache");
    res.setHeader("content-security-policy", policy);
    res.setHeader("x-content-type-options", "nosniff");
    res.type("html").send(page);
  });
  return routes;
}

/** An address as it may stand in HTML and between quotes of a shell; a path ends without a slash. */
function addressOf(apiUrl: string): string {
  const escapes: Readonly<Record<string, string>> = { "&": "&amp;", "'": "%27" };
  return new URL(apiUrl).href.replace(/\/$/, "").replace(/[&']/g, (character) => escapes[character] ?? "");
}
