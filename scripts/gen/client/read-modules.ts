import type { Type } from "typescript/unstable/sync";
import { typeOfProperty } from "./open-program.ts";
import { docOf } from "./origin.ts";
import { readType, type Reading } from "./read-type.ts";
import type { EventShape, ModuleShape } from "./shape.ts";

/** Reads the modules from the type of a tuple of them, in its order; none where there is no tuple. */
export function readModules(reading: Reading, list: Type | undefined): ModuleShape[] {
  if (!list?.isTypeReference()) return [];
  return reading.checker.getTypeArguments(list).map((module) => readModule(reading, module));
}

function readModule(reading: Reading, module: Type): ModuleShape {
  const { checker } = reading;
  const nameType = typeOfProperty(checker, module, "name");
  const name = nameType?.isStringLiteralType() ? nameType.value : "";
  const mount = typeOfProperty(checker, module, "http")?.getSymbol();
  return {
    name,
    events: readEvents(reading, name, typeOfProperty(checker, module, "events")),
    httpDoc: mount ? docOf(checker, mount) : null,
  };
}

function readEvents(reading: Reading, module: string, table: Type | undefined): EventShape[] {
  if (!table) return [];
  const { checker } = reading;
  return checker.getPropertiesOfType(table).map((symbol) => {
    const type = checker.getTypeOfSymbol(symbol);
    const [data] = type?.isTypeReference() ? checker.getTypeArguments(type) : [];
    const where = `${module}.${symbol.name} event`;
    if (!data) throw new Error(`${where}: is not made by defineEvents.`);
    return { name: symbol.name, doc: docOf(checker, symbol), data: readType(reading, data, where) };
  });
}
