import { once } from "node:events";
import { createServer } from "node:http";
import { json } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { z } from "zod";

/** Something that the page saw: the stream stands, an event, or its end. */
const Report = z.object({ started: z.boolean().optional(), id: z.string().optional(), refused: z.string().optional() });
type Report = z.output<typeof Report>;

/** A frontend's page that follows the stream with the client's bundle and reports what it sees. */
export interface LivePage {
  /** Its origin. */
  url: string;
  reports: Report[];
  /** Says whose stream it follows, and where. To be called before the page is opened. */
  show(settings: { url: string; token: string }): void;
  close(): Promise<void>;
}

const script = `
import { createClient } from "/client.js";
const { url, token } = await (await fetch("/settings")).json();
let told = Promise.resolve();
const report = (seen) => (told = told.then(() => fetch("/reports", { method: "POST", body: JSON.stringify(seen) })));
createClient({ url, getToken: () => token }).events.stream.subscribe(undefined, {
  onStarted: () => report({ started: true }),
  onData: ({ id }) => report({ id }),
  onError: ({ appCode }) => report({ refused: appCode }),
});
`;

/** Serves the page on a free port. */
export async function startLivePage(): Promise<LivePage> {
  const reports: Report[] = [];
  let settings = {};
  const answers: Record<string, [type: string, body: () => string]> = {
    "/": ["text/html", () => '<!doctype html><title>live</title><script type="module" src="/page.js"></script>'],
    "/page.js": ["text/javascript", () => script],
    "/client.js": ["text/javascript", () => client],
    "/settings": ["application/json", () => JSON.stringify(settings)],
  };
  const client = await bundleClient();
  const server = createServer((req, res) => {
    if (req.method === "POST") void json(req).then((seen) => reports.push(Report.parse(seen)));
    const [type, body] = answers[req.url ?? ""] ?? ["text/plain", () => ""];
    res.writeHead(200, { "content-type": type }).end(body());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("it has no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    reports,
    show: (shown) => void (settings = shown),
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

async function bundleClient(): Promise<string> {
  const entryPoints = [fileURLToPath(import.meta.resolve("@turnpike/client"))];
  const { outputFiles } = await build({ entryPoints, bundle: true, write: false, format: "esm", platform: "browser" });
  return outputFiles[0]?.text ?? "";
}
