import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@supabase/supabase-js";
import { expect, test } from "vitest";
import { installedVersions, startSystemPostgres } from "@turnpike/local-postgres";
import { bootstrapDatabase, startSupabase } from "../src/index.ts";
import { PASSWORD, newEmail } from "./support/accounts.ts";

const versions = await installedVersions();
const isRequired = process.env["REQUIRE_SERVICES"] === "1";

test.runIf(isRequired)("a PostgreSQL of the system's packages is installed", () => {
  expect(versions).not.toEqual([]);
});

test.skipIf(versions.length === 0).each(versions)(
  "PostgreSQL %s of the system's packages carries bootstrap, sign-up, refresh and deletion",
  async (version) => {
    const dataDir = await mkdtemp(join(tmpdir(), "turnpike-supabase-"));
    const postgres = await startSystemPostgres(version);
    await bootstrapDatabase(postgres.url);
    await bootstrapDatabase(postgres.url);
    const supabase = await startSupabase({
      databaseUrl: postgres.url,
      dataDir,
      smtpUrl: "smtp://127.0.0.1:1",
      siteUrl: "http://127.0.0.1:5173",
      autoconfirm: true,
    });
    const settings = { auth: { persistSession: false, autoRefreshToken: false } };
    const client = createClient(supabase.url, supabase.anonKey, settings);
    const { data, error } = await client.auth.signUp({ email: newEmail(), password: PASSWORD });
    expect(error).toBeNull();
    expect((await client.auth.refreshSession()).error).toBeNull();
    const admin = createClient(supabase.url, supabase.serviceKey, settings);
    expect((await admin.auth.admin.deleteUser(data.user?.id ?? "")).error).toBeNull();
    await supabase.stop();
    await postgres.stop();
    await rm(dataDir, { recursive: true, force: true });
  },
);
