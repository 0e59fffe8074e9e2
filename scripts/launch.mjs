import { resolve } from "node:path";
// Starts a script on the Node that the project brings along, and says clearly when that Node is not there.
import { pathToFileURL } from "node:url";

const major = Number(process.versions.node.split(".")[0]);
const [script, ...args] = process.argv.slice(2);

if (major < 24) {
  console.error(
    `Turnpike runs on Node 24 or later, and this is ${process.version} on ${process.platform}-${process.arch}.\n` +
      "The package that brings Node 24 for this platform is missing: run `npx -y pnpm@12.21.0 install` with optional\n" +
      "dependencies on, or put Node 24 on the PATH. On a machine without a prebuilt PostgreSQL set DATABASE_URL as well.",
  );
  process.exit(1);
}
process.argv = [process.argv[0], resolve(script), ...args];
await import(pathToFileURL(resolve(script)).href);
