import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type SupabaseClient, createClient } from "@supabase/supabase-js";
import pg from "pg";
import { startPostgres } from "@turnpike/local-postgres";
import { type LocalSupabase, type SupabaseOptions, bootstrapDatabase, startSupabase } from "../../src/index.ts";
import { type Inbox, startInbox } from "./start-inbox.ts";

interface NoTables {
  public: { Tables: Record<string, never>; Views: Record<string, never>; Functions: Record<string, never> };
}

/** The real SDK; these tests use its auth part. */
export type Client = SupabaseClient<NoTables>;

/** A project of its own for one test file: PostgreSQL, SMTP inbox, local Supabase, a clock that can be moved. */
export interface Project {
  supabase: LocalSupabase;
  inbox: Inbox;
  sql: pg.Pool;
  databaseUrl: string;
  dataDir: string;
  /** What the server reported through `onError`. */
  errors: unknown[];
  /** A new client of the real SDK with the anon key. */
  client(flowType?: "implicit" | "pkce"): Client;
  /** The real SDK with the service key. */
  admin: Client;
  /** Moves the server's clock. */
  advance(seconds: number): void;
  /** Stops the server and starts it again on the same data, with changed options. */
  restart(changes?: Partial<SupabaseOptions>): Promise<void>;
  stop(): Promise<void>;
}

export const SITE = "http://127.0.0.1:5173";

export async function startProject(changes: Partial<SupabaseOptions> = {}): Promise<Project> {
  const folder = await mkdtemp(join(tmpdir(), "turnpike-supabase-"));
  const postgres = await startPostgres({ dataDir: join(folder, "pg"), database: "app", settings: { fsync: "off" } });
  const inbox = await startInbox();
  await bootstrapDatabase(postgres.url);
  const sql = new pg.Pool({ connectionString: postgres.url, max: 4 });
  // The pool's end() does not wait for its connections, and PostgreSQL may tell them goodbye as an error.
  sql.on("error", () => undefined);
  const errors: unknown[] = [];
  const clock = { offsetMs: 0 };
  const options: SupabaseOptions = {
    databaseUrl: postgres.url,
    dataDir: join(folder, "keys"),
    smtpUrl: inbox.smtpUrl,
    siteUrl: SITE,
    redirectUrls: ["http://127.0.0.1:9999/**"],
    now: () => new Date(Date.now() + clock.offsetMs),
    onError: (error) => errors.push(error),
    ...changes,
  };
  const supabase = await startSupabase(options);
  const project: Project = {
    supabase,
    inbox,
    sql,
    databaseUrl: postgres.url,
    dataDir: options.dataDir,
    errors,
    client: (flowType) => sdk(project.supabase.url, project.supabase.anonKey, flowType),
    admin: sdk(supabase.url, supabase.serviceKey),
    advance: (seconds) => void (clock.offsetMs += seconds * 1000),
    async restart(more = {}) {
      await project.supabase.stop();
      project.supabase = await startSupabase({ ...options, ...more });
      project.admin = sdk(project.supabase.url, project.supabase.serviceKey);
    },
    async stop() {
      await project.supabase.stop();
      await sql.end();
      await inbox.stop();
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return project;
}

function sdk(url: string, key: string, flowType: "implicit" | "pkce" = "implicit"): Client {
  return createClient<NoTables>(url, key, { auth: { persistSession: false, autoRefreshToken: false, flowType } });
}
