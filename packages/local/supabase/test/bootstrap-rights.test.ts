import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { installedVersions, startPostgres, startSystemPostgres } from "@turnpike/local-postgres";
import { MissingRightsError, bootstrapDatabase } from "../src/index.ts";

interface Server {
  url: string;
  stop: () => Promise<void>;
}

async function startEmbedded(): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), "turnpike-rights-"));
  const postgres = await startPostgres({ dataDir: join(folder, "pg"), settings: { fsync: "off" } });
  return {
    url: postgres.url,
    async stop() {
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A kind of cluster; the lists are the first words of what an owner lacks there. */
interface Cluster {
  name: string;
  start: () => Promise<Server>;
  poorOwnerLacks: string[];
  secondOwnerLacks: string[];
}

const oldVersions = (await installedVersions()).filter((version) => Number(version) < 16);
const clusters: Cluster[] = [
  {
    name: "embedded",
    start: startEmbedded,
    poorOwnerLacks: ["CREATEROLE", "BYPASSRLS"],
    secondOwnerLacks: ["membership of supabase_auth_admin", "membership of supabase_storage_admin"],
  },
  ...oldVersions.map((version) => ({
    name: version,
    start: () => startSystemPostgres(version),
    // Only a superuser makes service_role here, and who has CREATEROLE may take any other role.
    poorOwnerLacks: ["CREATEROLE", "BYPASSRLS", "service_role"],
    secondOwnerLacks: [],
  })),
];

describe.each(clusters)("PostgreSQL $name", ({ name, start, poorOwnerLacks, secondOwnerLacks }) => {
  let server: Server;
  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server.stop());

  async function run(url: string, ...statements: string[]): Promise<unknown[]> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      let rows: unknown[] = [];
      for (const statement of statements) ({ rows } = await client.query<Record<string, unknown>>(statement));
      return rows;
    } finally {
      await client.end();
    }
  }

  /** A role with the attributes given and a database of its own; the URL logs in as that role. */
  async function ownerOf(database: string, attributes: string, owner = `${database}_owner`): Promise<string> {
    const url = Object.assign(new URL(server.url), { pathname: `/${database}`, username: owner, password: "owner" });
    await run(
      server.url,
      `create role ${owner} login password 'owner' ${attributes}`,
      `create database ${database} owner ${owner}`,
    );
    return url.href;
  }

  /** What a bootstrap is refused for; nothing when it is done. */
  async function missingFor(url: string): Promise<string[]> {
    try {
      await bootstrapDatabase(url);
      return [];
    } catch (error) {
      if (!(error instanceof MissingRightsError)) throw error;
      return error.missing.map((right) => right.split(/[,:] /)[0] ?? "");
    }
  }

  test("an owner is told everything that is missing at once, and nothing was changed", async () => {
    const url = await ownerOf("poor", "");
    expect(await missingFor(url)).toEqual(poorOwnerLacks);
    expect(await run(url, "select count(*)::int as n from pg_roles where rolname = 'anon'")).toEqual([{ n: 0 }]);
    expect(await run(url, "select to_regnamespace('extensions') as made")).toEqual([{ made: null }]);
  });

  test("who does not own the database is told so", async () => {
    await ownerOf("theirs", "createrole bypassrls");
    const guest = await ownerOf("guest_home", "createrole bypassrls");
    const url = Object.assign(new URL(guest), { pathname: "/theirs" }).href;
    expect(await missingFor(url)).toContain("ownership of the database");
  });

  test("an owner with CREATEROLE and BYPASSRLS prepares the database, twice, and may add its trigger to auth.users", async () => {
    const url = await ownerOf("plain", "createrole bypassrls");
    if (name !== "embedded") await run(server.url, "create role service_role nologin noinherit bypassrls");
    await bootstrapDatabase(url);
    await bootstrapDatabase(url);
    await run(
      url,
      "create table public.profiles (id uuid primary key references auth.users (id) on delete cascade)",
      `create function public.on_user() returns trigger language plpgsql security definer set search_path = '' as $$
         begin insert into public.profiles values (new.id); return new; end $$`,
      "create trigger on_user after insert on auth.users for each row execute function public.on_user()",
      "set role supabase_auth_admin",
      "insert into auth.users (id) values ('11111111-1111-1111-1111-111111111111')",
    );
    expect(await run(url, "select count(*)::int as n from public.profiles")).toEqual([{ n: 1 }]);
  });

  test("a second owner takes the schemas' roles, or is told to have them granted", async () => {
    const url = await ownerOf("second", "createrole bypassrls");
    expect(await missingFor(url)).toEqual(secondOwnerLacks);
    await run(server.url, "grant supabase_auth_admin, supabase_storage_admin to second_owner");
    await bootstrapDatabase(url);
    expect(await run(url, "select count(*)::int as n from auth.users")).toEqual([{ n: 0 }]);
  });
});

test("databases of a cluster without the roles are prepared at the same moment", async () => {
  const server = await startEmbedded();
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  const names = ["one", "two", "three", "four", "five"];
  for (const name of names) await client.query(`create database ${name}`);
  const urls = names.map((name) => Object.assign(new URL(server.url), { pathname: `/${name}` }).href);
  await Promise.all([...urls, ...urls].map(bootstrapDatabase));
  const { rows } = await client.query(
    "select count(*)::int as n from pg_roles where rolname in ('anon', 'service_role')",
  );
  expect(rows).toEqual([{ n: 2 }]);
  await client.end();
  await server.stop();
});
