import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { Cluster } from "@turnpike/testing";
import { hasSystemChromium, noChromiumReason, openInChromium } from "@turnpike/testing";
import { missing as missingForCluster, startClusterBed } from "./cluster-bed.ts";
import type { LivePage } from "./live-page.ts";
import { startLivePage } from "./live-page.ts";
import type { Person, StreamBed } from "./stream-bed.ts";
import { openStreamBed } from "./stream-bed.ts";

const missing = missingForCluster ?? ((await hasSystemChromium()) ? undefined : noChromiumReason);
let page: LivePage;
let cluster: Cluster;
let bed: StreamBed;
beforeAll(async () => {
  if (missing) return;
  page = await startLivePage();
  cluster = await startClusterBed({ workers: 0, frontendUrl: page.url });
  bed = await openStreamBed(cluster);
});
beforeEach((ctx) => {
  if (missing) ctx.skip(missing);
});
afterAll(async () => {
  if (missing) return;
  await bed.close();
  await cluster.close();
  await page.close();
});

const seen = (): string[] => page.reports.flatMap(({ id }) => (id === undefined ? [] : [id]));

async function change(operator: Person, { organizationId }: Person): Promise<void> {
  const grant = { organizationId, feature: bed.feature, reason: "to be told of it" };
  const { id: grantId } = await operator.at().billing.grants.create.mutate(grant);
  await operator.at().billing.grants.revoke.mutate({ grantId });
}

test("a browser on another origin follows the stream while both instances are replaced, and is told when it is signed out", async () => {
  const [person, operator] = [await bed.createPerson(), await bed.createPerson(true)];
  page.show({ url: cluster.url, token: person.accessToken });
  const close = await openInChromium(page.url);
  try {
    await vi.waitFor(() => expect(page.reports).toEqual([{ started: true }]), { timeout: 20_000 });
    const firstOnes = cluster.webs.slice();
    for (const old of firstOnes) {
      await change(operator, person);
      await old.kill();
      await cluster.startWeb();
    }
    await change(operator, person);
    const log = await bed.logOf(person.organizationId);
    expect(log).toHaveLength(6);
    await vi.waitFor(() => expect(seen()).toEqual(log), { timeout: 30_000 });
    expect(page.reports.filter(({ started }) => started).length).toBeGreaterThan(1);
    await person.at().auth.signOut.mutate({ scope: "all" });
    await vi.waitFor(() => expect(page.reports.at(-1)).toEqual({ refused: "auth.session_over" }), { timeout: 20_000 });
  } finally {
    await close();
  }
}, 120_000);
