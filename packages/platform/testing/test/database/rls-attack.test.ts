import { sql } from "kysely";
import type { Kysely } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Identity } from "@turnpike/core";
import type { DB } from "@turnpike/core";
import { databasePort, openDatabase } from "@turnpike/database";
import type { SystemPgbouncer, TestApp, TestUser } from "@turnpike/testing";
import { createTestApp, hasSystemPgbouncer, noPgbouncerReason, startSystemPgbouncer } from "@turnpike/testing";
import { fillTables, sharedTables, tenantOf, tenantTables } from "./tenant-rows.ts";

let app: TestApp;
let mine: TestUser;
let theirs: TestUser;
let pooler: SystemPgbouncer | undefined;
const logins: Record<string, { db: Kysely<DB>; close(): Promise<void> }> = {};

beforeAll(async () => {
  app = await createTestApp({ modules: [] });
  mine = await app.createUser();
  theirs = await app.createUser();
  await fillTables(app, mine);
  await fillTables(app, theirs);
  logins["turnpike_api"] = openDatabase({ url: app.database.apiUrl });
  logins["postgres"] = openDatabase({ url: app.database.ownerUrl });
  if (!(await hasSystemPgbouncer())) return;
  pooler = await startSystemPgbouncer({ databaseUrl: app.database.directUrl, poolSize: 1 });
  logins[pooled] = openDatabase({ url: pooler.url });
});
afterAll(async () => {
  for (const login of Object.values(logins)) await login.close();
  await pooler?.stop();
  await app.close();
});

const pooled = "turnpike_api through a transaction pooler";
const anon: Identity = { role: "anon", claims: { role: "anon" } };

/** A user's claims as Supabase's own API sets them: no word of ours in them. */
function claimsOf({ userId, actor }: TestUser): Identity {
  const claims = { sub: userId, role: "authenticated", session_id: actor.sessionId, aal: "aal1", aud: "authenticated" };
  return { role: "authenticated", claims };
}

type Attempt = { count: number } | { code: unknown };

/** Runs one statement as somebody: how many rows it touched, or why PostgreSQL refused it. Always rolled back. */
async function attempt(login: string, identity: Identity, statement: ReturnType<typeof sql>): Promise<Attempt> {
  const opened = logins[login];
  if (!opened) throw new Error(`no login ${login}`);
  const outcome: { value: Attempt } = { value: { count: -1 } };
  const run = databasePort(opened.db).transaction(identity, async (db) => {
    const result = await statement.execute(db);
    outcome.value = { count: result.rows.length };
    throw new Error("roll back");
  });
  await run.catch((error: unknown) => {
    if (error instanceof Error && "code" in error) outcome.value = { code: error.code };
    else if (!(error instanceof Error && error.message === "roll back")) throw error;
  });
  return outcome.value;
}

const nothing = [{ count: 0 }, { code: "42501" }];
const tables = Object.keys(tenantTables).filter((name): name is keyof typeof tenantTables => name in tenantTables);

describe.each(["turnpike_api", "postgres", pooled])("logged in as %s", (login) => {
  beforeEach((ctx) => {
    if (login === pooled && !pooler) ctx.skip(noPgbouncerReason);
  });

  describe.each(tables)("%s", (table) => {
    const column = sql.ref(tenantTables[table]);
    const name = sql.table(table);
    const foreign = () => sql`${column} = ${tenantOf(theirs, table)}`;
    const own = () => sql`${column} = ${tenantOf(mine, table)}`;

    test("a stranger's rows are not readable, countable or joinable, a visitor's neither", async () => {
      for (const identity of [claimsOf(mine), anon]) {
        expect(nothing).toContainEqual(
          await attempt(login, identity, sql`select ${column} from ${name} where ${foreign()}`),
        );
        expect(nothing).toContainEqual(
          await attempt(login, identity, sql`select 1 from ${name} where ${foreign()} having count(*) > 0`),
        );
        const joined = sql`select 1 from organizations o join ${name} t on true where t.${column} = ${tenantOf(theirs, table)}`;
        expect(nothing).toContainEqual(await attempt(login, identity, joined));
      }
      expect(await attempt(login, claimsOf(mine), sql`select ${column} from ${name} where ${own()}`)).toEqual({
        count: 1,
      });
    });

    test("nobody writes a stranger's rows, nor their own beyond what is granted", async () => {
      for (const identity of [claimsOf(mine), anon]) {
        for (const rows of [foreign(), own()]) {
          const updated = await attempt(
            login,
            identity,
            sql`update ${name} set ${column} = ${column} where ${rows} returning 1`,
          );
          expect(updated).toEqual({ code: "42501" });
          expect(await attempt(login, identity, sql`delete from ${name} where ${rows} returning 1`)).toEqual({
            code: "42501",
          });
        }
        const inserted = sql`insert into ${name} (${column}) values (${tenantOf(theirs, table)}) on conflict do nothing returning 1`;
        expect(await attempt(login, identity, inserted)).toEqual({ code: "42501" });
      }
    });
  });

  test.each(sharedTables)("%s is read by everyone and written by nobody", async (table) => {
    const name = sql.table(table);
    for (const identity of [claimsOf(mine), anon]) {
      expect(await attempt(login, identity, sql`select 1 from ${name} limit 1`)).toEqual({ count: 1 });
      expect(await attempt(login, identity, sql`delete from ${name}`)).toEqual({ code: "42501" });
      expect(await attempt(login, identity, sql`insert into ${name} default values`)).toEqual({ code: "42501" });
    }
  });

  test("is_admin, status and amounts cannot be written, on one's own rows either", async () => {
    const writes = [
      sql`update profiles set is_admin = true where id = ${mine.userId}`,
      sql`update subscriptions set status = 'active'`,
      sql`update invoices set amount_paid_minor = 0`,
      sql`update organization_members set role = 'owner'`,
      sql`update customers set stripe_customer_id = 'cus_other'`,
    ];
    for (const write of writes) expect(await attempt(login, claimsOf(mine), write)).toEqual({ code: "42501" });
  });

  test("one's own name can be written, a stranger's cannot", async () => {
    const rename = (id: string) => sql`update profiles set full_name = 'New' where id = ${id} returning id`;
    expect(await attempt(login, claimsOf(mine), rename(mine.userId))).toEqual({ count: 1 });
    expect(await attempt(login, claimsOf(mine), rename(theirs.userId))).toEqual({ count: 0 });
  });

  test("private and the jobs are out of reach", async () => {
    for (const identity of [claimsOf(mine), anon])
      for (const table of ["private.events", "private.webhook_inbox", "pgboss.job", "auth.users"])
        expect(await attempt(login, identity, sql`select 1 from ${sql.table(table)}`)).toEqual({ code: "42501" });
  });

  test("claims that name another organization, or that our server vouches, do not come from a token", async () => {
    const forged = {
      ...claimsOf(mine),
      claims: { ...claimsOf(mine).claims, organization_id: theirs.organizationId, is_admin: true },
    };
    expect(await attempt(login, forged, sql`select 1 from organizations where id = ${theirs.organizationId}`)).toEqual({
      count: 0,
    });
  });

  test("a session that is over, or belongs to somebody else, reads nothing at all", async () => {
    const gone = { ...claimsOf(mine), claims: { ...claimsOf(mine).claims, session_id: crypto.randomUUID() } };
    const stolen = { ...claimsOf(mine), claims: { ...claimsOf(mine).claims, session_id: theirs.actor.sessionId } };
    for (const identity of [gone, stolen])
      expect(await attempt(login, identity, sql`select 1 from organizations`)).toEqual({ count: 0 });
  });
});

test("every public table is attacked here", async () => {
  const { rows } = await sql<{ name: string }>`
    select relname::text as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') order by 1`.execute(
    app.owner,
  );
  expect(rows.map(({ name }) => name)).toEqual([...tables, ...sharedTables].toSorted());
});
