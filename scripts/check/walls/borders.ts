import { packageOfSpecifier, type Import } from "../imports.ts";
import type { Finding, Layer, SourceFile, Workspace, WorkspacePackage } from "../workspace.ts";

/**
 * Which other domains a domain imports (architecture, "Who may import whom"). One that is not listed, such as a new
 * module, may import any, as long as no ring comes of it. Tests may bring in what feeds the module they test.
 */
export const domainEdges: Readonly<Record<string, readonly string[]>> = {
  analytics: ["billing", "organizations"],
  auth: ["organizations"],
  billing: ["products", "organizations"],
  campaigns: ["billing", "organizations", "distribution"],
  customers: ["billing", "organizations"],
  distribution: ["billing", "products"],
  events: [],
  notifications: ["billing", "organizations"],
  organizations: [],
  products: [],
  storage: ["billing"],
  system: [],
  webhooks: [],
};

// What running code may import. Tests may import the stand-ins and the test kit besides, but those of a stand-in: it knows nothing of the platform.
const allowed: Readonly<Record<Layer, readonly Layer[]>> = {
  root: ["api", "client", "core", "platform", "testing", "domain", "local"],
  api: ["core", "platform", "domain"],
  domain: ["core", "platform", "domain"],
  platform: ["core", "platform"],
  testing: ["core", "platform", "local"],
  local: ["local"],
  core: [],
  client: [],
};
const allowedInTests: readonly Layer[] = ["core", "platform", "testing", "local", "client"];

/** Sub-paths that a package really exports. */
const subPaths = new Set(["@turnpike/client/trpc"]);

/** Every import between packages is declared, names the package's root, and follows the direction of the layers. */
export function checkBorders({ packages }: Workspace): Finding[] {
  const byName = new Map(packages.map((entry) => [entry.name, entry]));
  return packages.flatMap((importer) =>
    importer.files.flatMap((file) =>
      file.imports
        .filter(({ specifier }) => specifier.startsWith("@turnpike/"))
        .flatMap((found) => {
          const message = complaint(importer, file, found, byName);
          return message ? [{ file: `${file.path}:${found.line}`, message }] : [];
        }),
    ),
  );
}

function complaint(
  importer: WorkspacePackage,
  file: SourceFile,
  { specifier, isTypeOnly }: Import,
  byName: ReadonlyMap<string, WorkspacePackage>,
): string | null {
  const name = packageOfSpecifier(specifier) ?? "";
  if (specifier !== name && !subPaths.has(specifier)) return `imports ${specifier}; a package is imported by its name`;
  if (name === importer.name) return file.isTest ? null : `imports its own package ${name}; use a relative path`;
  const imported = byName.get(name);
  if (!imported) return `imports ${name}, which is no package of this workspace`;
  const { dependencies = {}, devDependencies = {}, peerDependencies = {} } = importer.manifest;
  const isDeclared = name in dependencies || name in peerDependencies;
  const mayBeDev = file.isTest || isTypeOnly || importer.layer === "root";
  if (!isDeclared && !(mayBeDev && name in devDependencies)) {
    return `imports ${name}, which ${importer.folder || "."}/package.json does not declare`;
  }
  return isAllowed(importer, imported, file) ? null : `may not import ${name}: ${rule(importer, imported)}`;
}

function isAllowed(importer: WorkspacePackage, imported: WorkspacePackage, file: SourceFile): boolean {
  if (importer.layer === "domain" && imported.layer === "domain") {
    return file.isTest || hasEdge(importer, imported);
  }
  if (allowed[importer.layer].includes(imported.layer)) return true;
  return file.isTest && importer.layer !== "local" && allowedInTests.includes(imported.layer);
}

function hasEdge(importer: WorkspacePackage, imported: WorkspacePackage): boolean {
  const edges = domainEdges[moduleName(importer)];
  return edges === undefined || edges.includes(moduleName(imported));
}

function rule(importer: WorkspacePackage, imported: WorkspacePackage): string {
  if (importer.layer === "domain" && imported.layer === "domain") {
    const edges = domainEdges[moduleName(importer)] ?? [];
    return `${moduleName(importer)} imports ${edges.length > 0 ? edges.join(", ") : "no other domain"}`;
  }
  const layers = allowed[importer.layer];
  return `${importer.layer} code imports ${layers.length > 0 ? layers.join(", ") : "nothing of ours"}`;
}

function moduleName({ folder }: WorkspacePackage): string {
  return folder.slice(folder.lastIndexOf("/") + 1);
}
