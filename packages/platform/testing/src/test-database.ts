import { Client } from "pg";
import { inject } from "vitest";
import { apiUrlOf } from "./prepare-database.ts";

/** A database of one test file's own, cloned from the migrated template. */
export interface TestDatabase {
  /** The superuser's URL: sees everything, bypasses row level security. */
  ownerUrl: string;
  /** The API's URL, as `turnpike_api`; through a transaction pooler where the run is to go through one. */
  apiUrl: string;
  /** The same login as `apiUrl` on a session connection. */
  directUrl: string;
  drop(): Promise<void>;
}

/** Clones the template database. Needs the run's global set-up. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { templateUrl, apiPassword, poolerPort } = inject("postgres");
  const name = `test_${crypto.randomUUID().replaceAll("-", "")}`;
  await administer(templateUrl, `create database ${name} template ${new URL(templateUrl).pathname.slice(1)}`);
  const ownerUrl = Object.assign(new URL(templateUrl), { pathname: `/${name}` }).href;
  const directUrl = apiUrlOf(ownerUrl, apiPassword);
  return {
    ownerUrl,
    apiUrl: poolerPort === null ? directUrl : Object.assign(new URL(directUrl), { port: String(poolerPort) }).href,
    directUrl,
    drop: () => administer(templateUrl, `drop database ${name} with (force)`),
  };
}

/** Runs one statement from the `postgres` database: nobody may be connected to a template that is being cloned. */
async function administer(templateUrl: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: Object.assign(new URL(templateUrl), { pathname: "/postgres" }).href });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
