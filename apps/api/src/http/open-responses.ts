import type { ServerResponse } from "node:http";

/** The answers that a server has not finished. */
export interface OpenResponses {
  watch(res: ServerResponse): void;
  /**
   * Breaks off those that are event streams: they have no end of their own. A client that was told no end comes again,
   * and goes on at another instance after the last event that it got.
   */
  cutStreams(): void;
}

/** Makes it for one server. */
export function createOpenResponses(): OpenResponses {
  const open = new Set<ServerResponse>();
  return {
    watch(res) {
      open.add(res);
      res.once("close", () => open.delete(res));
    },
    cutStreams() {
      for (const res of open) if (isEventStream(res)) res.destroy();
    },
  };
}

function isEventStream(res: ServerResponse): boolean {
  const type = res.getHeader("content-type");
  return typeof type === "string" && type.startsWith("text/event-stream");
}
