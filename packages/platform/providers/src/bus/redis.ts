import { randomUUID } from "node:crypto";
import type { Redis } from "ioredis";
import { z } from "zod";
import type { EventBus, Log } from "@turnpike/core";
import type { RedisLink } from "../redis/link.ts";
import { createMemoryBus } from "./memory.ts";
import { createRedisSubscriber } from "./redis-subscriber.ts";

interface RedisBusOptions {
  /** Publishes. */
  link: RedisLink;
  /** Opens a connection of its own: one that subscribes does little else. */
  openConnection: () => Redis;
  log: Log;
}

/** `[sender, message]`. */
const Envelope = z.tuple([z.string(), z.unknown()]);

/**
 * A bus between instances. Subscribers of the same process hear a message at once and without Redis; the other instances
 * hear it through Redis, and not while Redis is away. A publish that did not get through is logged, never thrown.
 */
export function createRedisBus({ link, openConnection, log }: RedisBusOptions): EventBus {
  const sender = randomUUID();
  const local = createMemoryBus((error) => log.error("bus.subscriber_failed", { error }));
  // Channels are not kept apart by database number, as keys are.
  const prefix = `turnpike:bus:${link.client.options.db ?? 0}:`;
  const subscriber = createRedisSubscriber({ openConnection, log, onMessage: hear });

  function hear(name: string, text: string): void {
    const envelope = envelopeOf(text);
    if (!envelope) return log.warn("bus.message_not_ours", { channel: name });
    const [from, message] = envelope;
    if (from !== sender) void local.publish(name.slice(prefix.length), message);
  }

  return {
    async publish(channel, message) {
      await local.publish(channel, message);
      const text = JSON.stringify([sender, message]);
      await link
        .run((client) => client.publish(prefix + channel, text))
        .catch((error: unknown) => log.warn("bus.publish_failed", { channel, error: String(error) }));
    },
    async subscribe(channel, listener) {
      const end = await local.subscribe(channel, listener);
      const leave = await subscriber.join(prefix + channel);
      return async () => {
        await end();
        await leave();
      };
    },
    async close() {
      subscriber.close();
      await local.close();
    },
  };
}

function envelopeOf(text: string): z.output<typeof Envelope> | undefined {
  try {
    return Envelope.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
