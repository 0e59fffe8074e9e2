import { defineConfig } from "vitest/config";
import { createSkipReporter } from "./scripts/testing/skip-reporter.ts";

const isServiceRequired = process.env["REQUIRE_SERVICES"] === "1";

export default defineConfig({
  test: {
    include: ["packages/**/test/**/*.test.ts", "apps/**/test/**/*.test.ts", "scripts/**/test/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**", "**/fixtures/**"],
    environment: "node",
    globalSetup: ["./packages/platform/testing/src/global-setup.ts"],
    // A suite may start a database or a browser; slow machines have two cores.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    passWithNoTests: false,
    reporters: [createSkipReporter(isServiceRequired, (line) => process.stdout.write(`${line}\n`)), "default"],
  },
});
