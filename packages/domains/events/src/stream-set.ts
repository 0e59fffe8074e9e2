import { actorKey } from "@turnpike/core";
import type { Actor } from "@turnpike/core";
import type { LiveStream } from "./live-stream.ts";

/** Open streams, found by organization and counted by actor. */
export interface StreamSet {
  add(stream: LiveStream): void;
  delete(stream: LiveStream): void;
  all(): LiveStream[];
  ofOrganization(id: string): Iterable<LiveStream>;
  countOf(actor: Actor): number;
  size(): number;
}

/** Makes an empty set. */
export function createStreamSet(): StreamSet {
  const streams = new Set<LiveStream>();
  const byOrganization = createIndex((stream) => stream.organizationId);
  const byActor = createIndex((stream) => actorKey(stream.actor));
  return {
    add(stream) {
      for (const set of [streams, byOrganization, byActor]) set.add(stream);
    },
    delete(stream) {
      for (const set of [streams, byOrganization, byActor]) set.delete(stream);
    },
    all: () => [...streams],
    ofOrganization: (id) => byOrganization.of(id),
    countOf: (actor) => byActor.of(actorKey(actor)).size,
    size: () => streams.size,
  };
}

const none: ReadonlySet<LiveStream> = new Set();

function createIndex(keyOf: (stream: LiveStream) => string) {
  const groups = new Map<string, Set<LiveStream>>();
  return {
    of: (key: string): ReadonlySet<LiveStream> => groups.get(key) ?? none,
    add(stream: LiveStream): void {
      const key = keyOf(stream);
      groups.set(key, (groups.get(key) ?? new Set()).add(stream));
    },
    delete(stream: LiveStream): void {
      const key = keyOf(stream);
      const group = groups.get(key);
      group?.delete(stream);
      if (group?.size === 0) groups.delete(key);
    },
  };
}
