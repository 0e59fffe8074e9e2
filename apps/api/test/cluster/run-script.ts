import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Cluster } from "@turnpike/testing";

const repository = join(import.meta.dirname, "../../../..");
const timeoutMs = 60_000;

/** Runs scripts of this repository one after the other against a cluster, as a person in that folder would; returns what they wrote. */
export async function runScripts(cluster: Cluster, names: string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "turnpike-scripts-"));
  try {
    await mkdir(join(folder, ".turnpike"));
    await writeFile(join(folder, ".turnpike/stack.json"), JSON.stringify(stackOf(cluster)));
    let said = "";
    for (const name of names) {
      const file = join(repository, "scripts", name);
      const env = { ...process.env, NODE_ENV: "test" };
      const { stdout } = await promisify(execFile)(process.execPath, [file], { cwd: folder, env, timeout: timeoutMs });
      said += stdout;
    }
    return said;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function stackOf({ url, env, ownerUrl, pooledUrl, stripe, mail, supabase, webhookSecret }: Cluster) {
  return {
    apiUrl: url,
    frontendUrl: env["FRONTEND_URL"],
    stripeUrl: stripe.url,
    stripeSecretKey: stripe.secretKey,
    stripeWebhookSecret: webhookSecret,
    mailUrl: mail.url,
    supabaseUrl: supabase.url,
    anonKey: supabase.anonKey,
    serviceKey: supabase.serviceKey,
    databaseUrl: ownerUrl,
    apiDatabaseUrl: pooledUrl,
    demo: { email: "demo@turnpike.test", password: "demo of this cluster 1" },
    operator: { email: "operator@turnpike.test", password: "operator of this cluster 1" },
    pid: process.pid,
  };
}
