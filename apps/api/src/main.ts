import { EnvError, readEnv } from "@turnpike/core";
import { appRouter, modules } from "./modules.gen.ts";
import { startServer } from "./server.ts";

/** The process's life: read the environment, start, drain on SIGTERM or SIGINT. */
async function main(): Promise<void> {
  const server = await startServer(readEnv(), modules, appRouter);
  const stop = (): void => {
    server.stop().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    );
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
}

function fail(error: unknown): never {
  process.stderr.write(
    `${error instanceof EnvError ? error.message : error instanceof Error ? error.stack : String(error)}\n`,
  );
  process.exit(1);
}

main().catch(fail);
