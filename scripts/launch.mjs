// Starts a script on the Node that the project brings along, and says clearly when that Node is not there.
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const oldestMajor = 24;
const major = Number(process.versions.node.split(".")[0]);
const [script, ...args] = process.argv.slice(2);

// Only glibc names its version in the report; a Linux without it is musl, as in Alpine.
function isMusl() {
  return process.platform === "linux" && process.report.getReport().header.glibcVersionRuntime === undefined;
}

function explainMissingNode() {
  const found = `Turnpike runs on Node ${oldestMajor} or later, and this is ${process.version} on ${process.platform}-${process.arch}`;
  if (isMusl()) {
    return [
      `${found} with musl, for which npm has no package of Node and of PostgreSQL.`,
      `Put Node ${oldestMajor} on the PATH and set DATABASE_URL to a PostgreSQL of your own.`,
    ];
  }
  return [
    `${found}.`,
    `The npm package that brings Node ${oldestMajor} for this platform is missing. Run \`npx -y pnpm@12.21.0 install\` with`,
    `optional dependencies on, or put Node ${oldestMajor} on the PATH. On a platform without a PostgreSQL package set`,
    "DATABASE_URL as well.",
  ];
}

if (major < oldestMajor) {
  process.stderr.write(`${explainMissingNode().join("\n")}\n`);
  process.exit(1);
}
if (script === undefined) {
  process.stderr.write("Usage: node scripts/launch.mjs SCRIPT [ARGUMENT…]\n");
  process.exit(2);
}
process.argv = [process.argv[0], resolve(script), ...args];
await import(pathToFileURL(resolve(script)).href);
