// A parent to be killed: starts a server on the folder it is given, says where, and holds it until SIGINT.
import { Client } from "pg";
import { startPostgres } from "../src/index.ts";

const [dataDir = ""] = process.argv.slice(2);
const postgres = await startPostgres({ dataDir, settings: { fsync: "off" } });
const { url, adopted } = postgres;
process.stdout.write(`${JSON.stringify({ url, adopted, dataDir: postgres.dataDir })}\n`);

// The channel to the supervisor does not keep a process alive.
const hold = setInterval(() => undefined, 60_000);

async function stopInOrder(): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query("create table last_words ()");
  await client.end();
  await postgres.stop();
  clearInterval(hold);
}

process.once("SIGINT", () => void stopInOrder());
