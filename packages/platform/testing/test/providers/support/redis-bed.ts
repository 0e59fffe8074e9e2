import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { openRedis } from "@turnpike/providers";
import type { RedisOptions, RedisProviders } from "@turnpike/providers";
import { createTestLog, hasSystemRedis, noRedisReason, startSystemRedis } from "@turnpike/testing";
import type { SystemRedis, TestLog } from "@turnpike/testing";

/** Providers of one process, with what they logged. */
export interface RedisProcess extends RedisProviders {
  log: TestLog;
}

/** A Redis for the tests of a describe or file; each test begins with a fresh one. */
export interface RedisBed {
  server(): SystemRedis;
  /** Providers as another process would have them; closed after the test. */
  open(options?: Partial<RedisOptions>): Promise<RedisProcess>;
}

/** Starts a Redis around the tests that follow; skips them with the reason where there is none. */
export function useRedis(): RedisBed {
  let redis: SystemRedis | undefined;
  const opened: RedisProviders[] = [];
  const server = (): SystemRedis => {
    if (!redis) throw new Error("no Redis runs outside a test");
    return redis;
  };
  beforeAll(async () => {
    if (await hasSystemRedis()) redis = await startSystemRedis();
  });
  beforeEach(async (ctx) => {
    if (!redis) ctx.skip(noRedisReason);
    await redis?.restart();
  });
  afterEach(async () => {
    for (const providers of opened.splice(0)) await providers.close();
  });
  afterAll(() => redis?.stop());
  return {
    server,
    async open(options) {
      const log = createTestLog();
      const providers = await openRedis({ url: server().url, log, ...options });
      opened.push(providers);
      return { ...providers, log };
    },
  };
}
