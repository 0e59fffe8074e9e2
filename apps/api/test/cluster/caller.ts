import { once } from "node:events";
import { Agent, request } from "node:http";

/** What came back. A call that got no answer rejects. */
export interface Answer {
  status: number;
  text: string;
}

/** Calls one server from one address of this machine, over connections that it keeps. */
export interface Caller {
  query(path: string, input?: unknown, headers?: Record<string, string>): Promise<Answer>;
  mutate(path: string, input: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** Delivers a body as it is. */
  post(path: string, body: string, headers: Record<string, string>): Promise<Answer>;
  close(): void;
}

/** Opens a caller; `address` is of the loopback. */
export function openCaller(url: string, address: string): Caller {
  const agent = new Agent({ keepAlive: true, localAddress: address });
  const send = (method: string, path: string, headers: Record<string, string>, body?: string) =>
    exchange(agent, method, new URL(path, url), headers, body);
  const json = { "content-type": "application/json" };
  return {
    query(path, input, headers = {}) {
      const text = input === undefined ? "" : `?input=${encodeURIComponent(JSON.stringify({ json: input }))}`;
      return send("GET", `/trpc/${path}${text}`, headers);
    },
    mutate: (path, input, headers = {}) =>
      send("POST", `/trpc/${path}`, { ...json, ...headers }, JSON.stringify({ json: input })),
    post: (path, body, headers) => send("POST", path, { ...json, ...headers }, body),
    close: () => agent.destroy(),
  };
}

async function exchange(
  agent: Agent,
  method: string,
  url: URL,
  headers: Record<string, string>,
  body?: string,
): Promise<Answer> {
  const call = request(url, { agent, method, headers });
  const answered = Promise.withResolvers<Answer>();
  call.once("error", answered.reject);
  call.once("response", (response) => {
    const chunks: Buffer[] = [];
    response.on("data", (chunk: Buffer) => chunks.push(chunk));
    response.once("error", answered.reject);
    void once(response, "end").then(
      () => answered.resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") }),
      answered.reject,
    );
  });
  call.end(body);
  return answered.promise;
}
