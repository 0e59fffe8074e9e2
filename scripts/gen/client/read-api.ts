import type { Symbol as TypeSymbol, Type } from "typescript/unstable/sync";
import { typeOfProperty, withProgram } from "./open-program.ts";
import { docOf } from "./origin.ts";
import { readModules } from "./read-modules.ts";
import { readType, type Reading } from "./read-type.ts";
import { trackedItemOf } from "./render.ts";
import type { ApiShape, ProcedureShape } from "./shape.ts";

/**
 * Reads the API from the type that `entry` exports as `AppRouter`: every procedure with the input side of its input
 * schema and the output side of its output schema, with comments, sorted by path; and the events of the modules that it
 * exports as `modules`, where it does. Errors: an entry that does not
 * compile, a type that is not a router. Leaks are answered as `problems`, not thrown, so that all are seen at once.
 */
export function readApi(root: string, entry: string): ApiShape {
  return withProgram(root, entry, "AppRouter", ({ checker, project, type, typeOfValue }) => {
    const definition = typeOfProperty(checker, type, "_def");
    const record = typeOfProperty(checker, definition, "record");
    if (!record) throw new Error(`${entry}: AppRouter is not a tRPC router.`);
    const reading: Reading = { checker, project, objects: new Map(), problems: new Set() };
    const procedures = readRecord(reading, record, []);
    const config = typeOfProperty(checker, typeOfProperty(checker, definition, "_config"), "$types");
    const errorType = typeOfProperty(checker, config, "errorShape");
    if (!errorType) throw new Error(`${entry}: AppRouter has no error shape.`);
    const errorShape = readType(reading, errorType, "error shape");
    const modules = readModules(reading, typeOfValue("modules"));
    return { procedures, modules, errorShape, objects: reading.objects, problems: [...reading.problems].toSorted() };
  });
}

function readRecord(reading: Reading, record: Type, path: readonly string[]): ProcedureShape[] {
  const symbols = reading.checker.getPropertiesOfType(record).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return symbols.flatMap((symbol) => readEntry(reading, symbol, [...path, symbol.name]));
}

function readEntry(reading: Reading, symbol: TypeSymbol, path: string[]): ProcedureShape[] {
  const { checker } = reading;
  const type = checker.getTypeOfSymbol(symbol);
  if (!type) return [];
  const definition = typeOfProperty(checker, type, "_def");
  const kind = typeOfProperty(checker, definition, "type");
  if (!kind) return readRecord(reading, typeOfProperty(checker, definition, "record") ?? type, path);
  const types = typeOfProperty(checker, definition, "$types");
  const name = path.join(".");
  const side = (which: "input" | "output") => {
    const found = typeOfProperty(checker, types, which);
    if (!found) throw new Error(`${name}: the router's type says nothing of its ${which}.`);
    return readType(reading, found, `${name} ${which}`);
  };
  const procedure: ProcedureShape = {
    path,
    kind: kindOf(kind, name),
    doc: docOf(checker, symbol),
    input: side("input"),
    output: side("output"),
  };
  if (procedure.kind === "subscription" && !trackedItemOf(procedure.output))
    reading.problems.add(`${name} output: its items have no id to resume after; yield tracked(id, item)`);
  return [procedure];
}

function kindOf(type: Type, name: string): ProcedureShape["kind"] {
  const value = type.isStringLiteralType() ? type.value : "";
  if (value === "query" || value === "mutation" || value === "subscription") return value;
  throw new Error(`${name}: neither a query, a mutation nor a subscription.`);
}
