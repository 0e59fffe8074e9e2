import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";

/** Where a running stack says how to reach it. */
export const stackFile = ".turnpike/stack.json";

const Login = z.object({ email: z.string(), password: z.string() });

/** How programs reach a running stack. `mailUrl` and `stripeUrl` are empty where these parts are real ones, and the logins where Supabase is. */
export const StackInfo = z.object({
  apiUrl: z.url(),
  stripeUrl: z.string(),
  mailUrl: z.string(),
  supabaseUrl: z.url(),
  anonKey: z.string(),
  serviceKey: z.string(),
  /** The database as its owner. */
  databaseUrl: z.string(),
  /** The database as the API logs in. */
  apiDatabaseUrl: z.string(),
  /** Where mails and checkouts lead back to. */
  frontendUrl: z.url(),
  stripeSecretKey: z.string(),
  stripeWebhookSecret: z.string(),
  demo: Login,
  operator: Login,
  pid: z.number().int(),
});
export type StackInfo = z.output<typeof StackInfo>;

/** Writes the file whole or not at all, readable by its owner only. */
export async function writeStackFile(info: StackInfo): Promise<void> {
  await mkdir(dirname(stackFile), { recursive: true });
  const draft = `${stackFile}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(info, null, 2)}\n`, { mode: 0o600 });
  await rename(draft, stackFile);
}

/** Removes the file if it is still this process's. */
export async function removeStackFile(): Promise<void> {
  const info = await readStackFile();
  if (info?.pid === process.pid) await rm(stackFile, { force: true });
}

/** The stack that runs in this folder; undefined when none does, also after a crash that left its file. */
export async function findRunningStack(): Promise<StackInfo | undefined> {
  const info = await readStackFile();
  if (!info || !isAlive(info.pid)) return undefined;
  const answer = await fetch(new URL("/healthz", info.apiUrl), { signal: AbortSignal.timeout(3000) }).catch(
    () => undefined,
  );
  return answer?.ok ? info : undefined;
}

async function readStackFile(): Promise<StackInfo | undefined> {
  if (!existsSync(stackFile)) return undefined;
  const text = await readFile(stackFile, "utf8").catch(() => "");
  try {
    return StackInfo.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
