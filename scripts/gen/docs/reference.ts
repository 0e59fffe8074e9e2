import { coreErrors } from "@turnpike/core";
import { createCanonical, objectOf } from "../client/canonical.ts";
import { createPrinter } from "../client/print-type.ts";
import type { ApiShape, Doc, EventShape, ProcedureShape, Shape } from "../client/shape.ts";
import {
  errorsOf,
  type ErrorFacts,
  type EventFacts,
  type Facts,
  type ModuleFacts,
  type ProcedureFacts,
  type RouteFacts,
} from "./load-facts.ts";

/** A procedure to be documented. `text` is its comment without the list of errors, `refusals` are those errors' codes. */
export interface ProcedureReference extends ProcedureFacts {
  path: string;
  kind: ProcedureShape["kind"];
  text: string;
  refusals: string[];
  isDeprecated: boolean;
  input: Shape;
  output: Shape;
}

/** A domain event to be documented. `data` is its shape as TypeScript. */
export interface EventReference extends EventFacts {
  text: string;
  data: string;
}

/** A module to be documented. `routesText` is the comment of what mounts its routes. */
export interface ModuleReference {
  name: string;
  procedures: ProcedureReference[];
  errors: ErrorFacts[];
  events: EventReference[];
  routes: RouteFacts[];
  routesText: string;
}

/** Everything the documentation says, modules by name. `problems` are what it would have to say wrong or not at all. */
export interface Reference {
  api: ApiShape;
  coreErrors: ErrorFacts[];
  modules: ModuleReference[];
  problems: string[];
}

/** Joins what the types say with what the modules declare. */
export function buildReference(api: ApiShape, facts: Facts): Reference {
  const modules = facts.modules
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map((module) => moduleOf(module, api, facts));
  const core = errorsOf(coreErrors);
  const codes = new Set([...core, ...modules.flatMap(({ errors }) => errors)].map(({ appCode }) => appCode));
  const unknown = modules.flatMap(({ procedures }) =>
    procedures.flatMap(({ path, refusals }) =>
      refusals
        .filter((code) => !codes.has(code))
        .map((code) => `${path}: its comment names the error ${code}, which no table has`),
    ),
  );
  return { api, coreErrors: core, modules, problems: [...facts.problems, ...unknown] };
}

function moduleOf(module: ModuleFacts, api: ApiShape, facts: Facts): ModuleReference {
  const shape = api.modules.find(({ name }) => name === module.name);
  const procedures = api.procedures
    .filter(({ path }) => path[0] === module.name)
    .flatMap((procedure) => procedureOf(procedure, facts));
  return {
    name: module.name,
    procedures,
    errors: module.errors,
    events: (shape?.events ?? []).flatMap((event) => eventOf(event, module, api)),
    routes: module.routes,
    routesText: oneLine(shape?.httpDoc?.text ?? ""),
  };
}

function procedureOf(shape: ProcedureShape, facts: Facts): ProcedureReference[] {
  const path = shape.path.join(".");
  const known = facts.procedures.get(path);
  if (!known) return [];
  const { input, output, kind, doc } = shape;
  const isDeprecated = doc?.tags.some(({ name }) => name === "deprecated") ?? false;
  return [{ ...known, ...splitErrors(doc), path, kind, isDeprecated, input, output }];
}

const errorsSentence = /(?:^|\s)Errors: ([a-z][\w.]*(?:, [a-z][\w.]*)*)\.?$/;

/** Parts a comment from the list of errors that it ends with: `Errors: billing.not_found, core.limited.` */
export function splitErrors(doc: Doc | null): { text: string; refusals: string[] } {
  const text = oneLine(doc?.text ?? "");
  const match = errorsSentence.exec(text);
  if (!match?.[1]) return { text, refusals: [] };
  const refusals = match[1].split(", ").map((code) => code.replace(/\.$/, ""));
  return { text: text.slice(0, match.index), refusals };
}

function eventOf(event: EventShape, module: ModuleFacts, api: ApiShape): EventReference[] {
  const known = module.events.get(event.name);
  return known ? [{ ...known, text: oneLine(event.doc?.text ?? ""), data: printInPlace(api, event.data) }] : [];
}

// Bodies are written out; one that contains itself can only be named.
function printInPlace(api: ApiShape, shape: Shape): string {
  const canonical = createCanonical(api.objects);
  const nameOf = (id: number): string | null =>
    canonical.isRecursive(id) ? (objectOf(api.objects, id).origin?.name ?? "object") : null;
  return createPrinter(api.objects, { nameOf, declarations: [] }).type(shape, 0);
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
