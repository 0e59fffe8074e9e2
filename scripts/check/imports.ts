/** One import of a source file. A type-only one is gone when the code runs. */
export interface Import {
  specifier: string;
  isTypeOnly: boolean;
  line: number;
}

const statement = /^(?:import|export)\s+(type\s+)?([^;"']*?)from\s+"([^"]+)"/gm;
const bare = /^import\s+"([^"]+)"/gm;
const dynamic = /\bimport\(\s*"([^"]+)"\s*\)/g;

/** Finds the imports of a formatted source: statements at the start of a line, re-exports, `import("…")`. */
export function findImports(text: string): Import[] {
  const lineOf = (position: number): number => text.slice(0, position).split("\n").length;
  const statements = [...text.matchAll(statement)].map((match) => ({
    specifier: match[3] ?? "",
    isTypeOnly: match[1] !== undefined || hasOnlyTypes(match[2] ?? ""),
    line: lineOf(match.index),
  }));
  const others = [...text.matchAll(bare), ...text.matchAll(dynamic)].map((match) => ({
    specifier: match[1] ?? "",
    isTypeOnly: false,
    line: lineOf(match.index),
  }));
  return [...statements, ...others].toSorted((a, b) => a.line - b.line);
}

function hasOnlyTypes(clause: string): boolean {
  const names = /^\{([^}]*)\}\s*$/.exec(clause.trim())?.[1];
  return names !== undefined && names.split(",").every((name) => name.trim() === "" || name.trim().startsWith("type "));
}

/** The package an import names: `@scope/name` or `name`; null for relative and `node:` imports. */
export function packageOfSpecifier(specifier: string): string | null {
  if (specifier.startsWith(".") || specifier.startsWith("node:") || specifier.startsWith("/")) return null;
  const [first = "", second = ""] = specifier.split("/");
  return first.startsWith("@") ? `${first}/${second}` : first;
}
