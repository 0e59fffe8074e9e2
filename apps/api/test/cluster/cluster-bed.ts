import { missingForCluster, startCluster } from "@turnpike/testing";
import type { Cluster, ClusterOptions } from "@turnpike/testing";
import { makeBundle } from "../bundle-bed.ts";

/** Why the suites of a cluster are skipped here; undefined where they can run. */
export const missing: string | undefined = await missingForCluster();

/** Builds the bundle and starts a cluster of it. Closing it removes both. */
export async function startClusterBed(options: Omit<ClusterOptions, "main"> = {}): Promise<Cluster> {
  const bundle = await makeBundle();
  const remove = () => bundle[Symbol.asyncDispose]();
  try {
    const cluster = await startCluster({ ...options, main: bundle.main });
    const close = async (): Promise<void> => {
      await cluster.close();
      await remove();
    };
    return { ...cluster, close };
  } catch (error) {
    await remove();
    throw error;
  }
}
