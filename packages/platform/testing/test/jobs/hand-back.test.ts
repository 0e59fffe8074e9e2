import { sql } from "kysely";
import { expect, test } from "vitest";
import { z } from "zod";
import { createCtx, defineJob, defineModule, newId } from "@turnpike/core";
import { openDatabase } from "@turnpike/database";
import { startJobs, startWorkers } from "@turnpike/jobs";
import { createTestApp } from "@turnpike/testing";

test("a process that must end hands back the job it is at, and the next one does it", async () => {
  const begun = Promise.withResolvers<void>();
  const never = Promise.withResolvers<void>();
  const done = Promise.withResolvers<string>();
  const moduleOf = (handle: (text: string) => Promise<void>) =>
    defineModule({
      name: "kiln",
      jobs: [
        defineJob({
          queue: "kiln.fire",
          schema: z.object({ text: z.string() }),
          retryLimit: 3,
          handle: (_ctx, { text }) => handle(text),
        }),
      ],
    });
  const stuck = moduleOf(async () => {
    begun.resolve();
    await never.promise;
  });
  const app = await createTestApp({ modules: [stuck] });
  const url = app.database.directUrl;
  const database = openDatabase({ url, max: 4 });
  const ctx = () => createCtx(app.deps, { type: "system", job: "test" }, { requestId: newId(), organizationId: null });
  const start = async (module: typeof stuck) => {
    const jobs = await startJobs({ database, listenUrl: url, modules: [module], log: app.deps.log, isWorker: true });
    await startWorkers(jobs, [module], ctx);
    return jobs;
  };
  const first = await start(stuck);
  await first.boss.send("kiln.fire", { text: "pot" });
  await begun.promise;
  await first.stop(1000);
  const { rows } = await sql<{ state: string }>`select state from pgboss.job where name = 'kiln.fire'`.execute(
    app.owner,
  );
  expect(rows).toEqual([{ state: "retry" }]);
  const second = await start(moduleOf(async (text) => done.resolve(text)));
  expect(await done.promise).toBe("pot");
  never.resolve();
  await second.stop(5000);
  await database.close();
  await app.close();
});

test("a schedule that is at work when its process must end goes back to the queue, not to the dead letters", async () => {
  const begun = Promise.withResolvers<void>();
  const handle = (): Promise<never> => (begun.resolve(), new Promise<never>(() => undefined));
  // It is sent by hand: nobody waits for the new year.
  const kiln = defineModule({ name: "kiln", schedules: [{ name: "sweep", cron: "0 0 1 1 *", handle }] });
  const app = await createTestApp({ modules: [kiln], runWorkers: true });
  await app.jobs.boss.send("kiln.schedule.sweep", {});
  await begun.promise;
  await app.jobs.stop(1000);
  const { rows } = await sql<{ name: string; state: string }>`select name, state from pgboss.job
    where name in ('kiln.schedule.sweep', 'dead_letter')`.execute(app.owner);
  expect(rows).toEqual([{ name: "kiln.schedule.sweep", state: "retry" }]);
  await app.close();
});
