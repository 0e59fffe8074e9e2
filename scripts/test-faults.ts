import { resolve } from "node:path";
import { startVitest } from "vitest/node";
import { createFaultList } from "./testing/fault-list.ts";
import { faultGroups } from "./testing/fault-suites.ts";
import { createSkipReporter } from "./testing/skip-reporter.ts";

if (process.argv.length > 2) {
  console.error(
    "Usage: pnpm test:faults. It breaks what the server stands on, and lists what held; REQUIRE_SERVICES=1 allows no skip.",
  );
  process.exit(2);
}
Object.assign(process.env, { NODE_ENV: "test", TZ: "UTC" });
const print = (line: string): void => console.log(line);
const root = resolve(import.meta.dirname, "..");
const suites = faultGroups.flatMap((group) => group.suites);
const isServiceRequired = process.env["REQUIRE_SERVICES"] === "1";
const reporters = [
  "default" as const,
  createSkipReporter(isServiceRequired, print),
  createFaultList(faultGroups, print),
];
const vitest = await startVitest("test", suites, { root, watch: false, reporters });
await vitest.close();
