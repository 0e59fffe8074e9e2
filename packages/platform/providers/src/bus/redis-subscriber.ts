import type { Redis } from "ioredis";
import type { Log } from "@turnpike/core";
import { once } from "../once.ts";
import { firstConnection } from "../redis/client.ts";

interface SubscriberOptions {
  openConnection: () => Redis;
  onMessage: (channel: string, text: string) => void;
  log: Log;
}

/** What keeps a process subscribed. */
interface RedisSubscriber {
  /**
   * Resolves when Redis has taken the subscription, or cannot be asked now: then it is made up for. Answers the function
   * that leaves; the channel is given up with the last one.
   */
  join(channel: string): Promise<() => Promise<void>>;
  close(): void;
}

const heartbeatMs = 15_000;

/** Keeps a connection subscribed to the channels that were joined, also after Redis was away. Opens it at the first one. */
export function createRedisSubscriber({ openConnection, onMessage, log }: SubscriberOptions): RedisSubscriber {
  /** How many have joined each channel. */
  const channels = new Map<string, number>();
  let open: { client: Redis; connected: Promise<void>; heartbeat: NodeJS.Timeout } | undefined;

  async function subscribeAll(client: Redis): Promise<void> {
    if (client.status !== "ready" || channels.size === 0) return;
    await client
      .subscribe(...channels.keys())
      .catch((error: unknown) => log.warn("bus.subscribe_failed", { error: String(error) }));
  }

  function connect() {
    const client = openConnection();
    client.on("message", onMessage);
    client.on("ready", () => void subscribeAll(client));
    // Subscribing again changes nothing where it holds, heals what failed, and finds out a connection that is dead.
    const heartbeat = setInterval(() => void subscribeAll(client), heartbeatMs).unref();
    return { client, heartbeat, connected: firstConnection(client) };
  }

  async function leave(channel: string): Promise<void> {
    const left = (channels.get(channel) ?? 0) - 1;
    if (left > 0) return void channels.set(channel, left);
    channels.delete(channel);
    // Where it fails the messages find no subscriber here.
    await open?.client.unsubscribe(channel).catch(() => undefined);
  }

  return {
    async join(channel) {
      channels.set(channel, (channels.get(channel) ?? 0) + 1);
      open ??= connect();
      await open.connected;
      await subscribeAll(open.client);
      return once(() => leave(channel));
    },
    close() {
      clearInterval(open?.heartbeat);
      open?.client.disconnect();
    },
  };
}
