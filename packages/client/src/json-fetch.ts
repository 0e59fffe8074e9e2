/** An answer that is not JSON: from a proxy, or from a server that is not this API. */
export class BadAnswerError extends Error {
  readonly status: number;
  /** The status again, where an EventSource's error has it. */
  readonly code: number;

  constructor(status: number) {
    super(`The server answered ${status} with something that is not JSON.`);
    this.name = "BadAnswerError";
    this.status = status;
    this.code = status;
  }
}

/** Wraps `fetch` so that an answer without JSON fails with its status; tRPC would only say that it cannot be parsed. */
export function jsonFetch(fetcher: typeof fetch): typeof fetch {
  return async (input, init) => {
    const response = await fetcher(input, init);
    if (response.headers.get("content-type")?.includes("application/json")) return response;
    await response.body?.cancel();
    throw new BadAnswerError(response.status);
  };
}
