import { startSupabase } from "../../src/index.ts";

/** Runs a local Supabase in a process of its own; its address and key go to stdout as one line of JSON. */
const [databaseUrl = "", dataDir = "", smtpUrl = "", siteUrl = "", port = "0"] = process.argv.slice(2);
const supabase = await startSupabase({ databaseUrl, dataDir, smtpUrl, siteUrl, port: Number(port) });
process.stdout.write(`${JSON.stringify({ url: supabase.url, anonKey: supabase.anonKey })}\n`);
