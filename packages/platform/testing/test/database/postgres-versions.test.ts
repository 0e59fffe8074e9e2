import { Client } from "pg";
import { expect, test } from "vitest";
import { installedVersions, startSystemPostgres } from "@turnpike/local-postgres";
import { apiUrlOf, prepareDatabase } from "@turnpike/testing";

const versions = await installedVersions();

test.runIf(process.env["REQUIRE_SERVICES"] === "1")("a PostgreSQL of the system's packages is installed", () => {
  expect(versions).not.toEqual([]);
});

test.skipIf(versions.length === 0).each(versions)(
  "the migrations run on PostgreSQL %s of the system's packages, twice, and the API logs in",
  async (version) => {
    const postgres = await startSystemPostgres(version);
    await prepareDatabase(postgres.url, "api-password");
    await prepareDatabase(postgres.url, "api-password");
    const client = new Client({ connectionString: apiUrlOf(postgres.url, "api-password") });
    await client.connect();
    await client.query("begin; set local role authenticated");
    const { rows } = await client.query("select count(*)::int as visible from organizations");
    expect(rows).toEqual([{ visible: 0 }]);
    await client.end();
    await postgres.stop();
  },
);
