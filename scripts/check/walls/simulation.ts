import { lineAt, type Finding, type Workspace } from "../workspace.ts";

// `localStripe ? …`, `if (isLocal)`, `NODE_ENV === "test"`: code that behaves otherwise because it is not in production.
const switches = [
  /\b(?:if|while)\s*\(\s*!?(?:\w+\.)*(?:is|use|has)?(?:[Ll]ocal(?![a-z]*e)|[Ss]imulat|[Mm]ock|[Ff]ake|[Ee]mbedded)\w*/g,
  /\b(?:is|use)(?:Local|Simulated|Mocked|Fake|Embedded)\w*\s*(?:\?[^.:]|&&|\|\|)/g,
  /NODE_ENV\b["'\]]*\s*[!=]==\s*["'](?:test|development)["']/g,
];
const homes = new Set(["apps/api/src/deps.ts"]);
const watched = new Set(["api", "client", "core", "platform", "domain"]);

/** Whether a part is a stand-in is decided in one place; every other line runs the same everywhere. */
export function checkSimulation({ packages }: Workspace): Finding[] {
  const files = packages.filter(({ layer }) => watched.has(layer)).flatMap((entry) => entry.files);
  return files
    .filter((file) => !file.isTest && !homes.has(file.path))
    .flatMap(({ path, text }) =>
      switches
        .flatMap((pattern) => [...text.matchAll(pattern)])
        .map((match) => ({
          file: `${path}:${lineAt(text, match.index)}`,
          message: `decides by simulation (${match[0].trim()}); only apps/api/src/deps.ts and scripts may`,
        })),
    );
}
