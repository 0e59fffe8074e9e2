import type { Finding, Workspace } from "../workspace.ts";

/** No package depends on itself by way of others, by way of its tests neither: installs warn of it, and what belongs below what is lost. */
export function checkRings({ packages }: Workspace): Finding[] {
  const edges = new Map(
    packages.map(({ name, manifest }) => [
      name,
      Object.keys({ ...manifest.dependencies, ...manifest.devDependencies }).filter((other) => other !== name),
    ]),
  );
  const done = new Set<string>();
  const rings = new Set<string>();
  const visit = (name: string, trail: readonly string[]): void => {
    const at = trail.indexOf(name);
    if (at !== -1) rings.add([...trail.slice(at), name].join(" → "));
    if (at !== -1 || done.has(name)) return;
    for (const next of edges.get(name) ?? []) visit(next, [...trail, name]);
    done.add(name);
  };
  for (const name of [...edges.keys()].toSorted()) visit(name, []);
  return [...rings].map((ring) => ({
    file: "package.json",
    message: `packages depend on each other in a ring: ${ring}`,
  }));
}
