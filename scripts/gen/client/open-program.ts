import { dirname, relative } from "node:path";
import { API, type Checker, type Project, type Symbol as TypeSymbol, type Type } from "typescript/unstable/sync";

/** An open program: the checker, the project it came from, the type exported under the asked name, and types of values. */
export interface OpenProgram {
  checker: Checker;
  project: Project;
  type: Type;
  /** The type of an exported value, or undefined when there is none of that name. */
  typeOfValue: (exportName: string) => Type | undefined;
}

/**
 * Opens one source file as a program of its own and hands over the type that it exports as `exportName`; closes the
 * compiler afterwards. The compiler's API is marked unstable, hence TypeScript is pinned to one version exactly, and
 * only the files beside this one touch it. Errors: no such file or export, a file that does not compile.
 */
export function withProgram<T>(root: string, entry: string, exportName: string, use: (program: OpenProgram) => T): T {
  const config = `${entry}.tsconfig.json`;
  const virtual = JSON.stringify({
    extends: `${relative(dirname(config), root) || "."}/tsconfig.json`,
    files: [`./${relative(dirname(config), entry)}`],
    include: [],
    exclude: [],
  });
  const api = new API({
    cwd: root,
    fs: {
      readFile: (file) => (file === config ? virtual : undefined),
      fileExists: (file) => (file === config ? true : undefined),
    },
  });
  try {
    const project = api.updateSnapshot({ openProjects: [config] }).getProject(config);
    if (!project) throw new Error(`${entry}: the compiler could not open it.`);
    const [problem] = project.program.getSemanticDiagnostics(entry);
    if (problem) throw new Error(`${entry} does not compile: ${problem.text}`);
    const { checker } = project;
    return use({
      checker,
      project,
      type: exportedType(project, entry, exportName),
      typeOfValue(name) {
        const symbol = exportedSymbol(project, entry, name);
        return symbol && checker.getTypeOfSymbol(symbol);
      },
    });
  } finally {
    api.close();
  }
}

function exportedType(project: Project, entry: string, exportName: string): Type {
  const symbol = exportedSymbol(project, entry, exportName);
  if (!symbol) throw new Error(`${entry} exports no type ${exportName}.`);
  return project.checker.getDeclaredTypeOfSymbol(symbol);
}

function exportedSymbol(project: Project, entry: string, exportName: string): TypeSymbol | undefined {
  const file = project.program.getSourceFile(entry);
  const module = file && project.checker.getSymbolAtLocation(file);
  return module && project.checker.getMemberInModuleExports(module, exportName);
}

/** The type of a property, or undefined when there is no such property. */
export function typeOfProperty(checker: Checker, type: Type | undefined, name: string): Type | undefined {
  const symbol = type && checker.getPropertyOfType(type, name);
  return symbol && checker.getTypeOfSymbol(symbol);
}
