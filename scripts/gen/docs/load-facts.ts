import { pathToFileURL } from "node:url";
import express from "express";
import { z } from "zod";
import { httpStatusOf, type ErrorFactory, type HttpHost, type Module } from "@turnpike/core";
import { property } from "../property.ts";

/** A row of an error table, with the status it has over HTTP. */
export interface ErrorFacts {
  appCode: string;
  kind: string;
  httpStatus: number;
  message: string;
}

/** A domain event by its full name. `listeners` are the durable ones, `<module>.<name>`. */
export interface EventFacts {
  name: string;
  listeners: string[];
}

/** An HTTP route of a module, besides tRPC. */
export interface RouteFacts {
  method: string;
  path: string;
}

/** What a module declares, as far as only running it can say. */
export interface ModuleFacts {
  name: string;
  errors: ErrorFacts[];
  /** By the event's name below the module. */
  events: ReadonlyMap<string, EventFacts>;
  routes: RouteFacts[];
}

const Meta = z.object({
  audience: z.enum(["public", "user", "organization", "operator"]),
  rateLimit: z.object({ points: z.number(), durationSec: z.number() }).optional(),
});
/** What a procedure says of itself: who may call it, and its limit by client address. */
export type ProcedureFacts = z.output<typeof Meta>;

/** Everything the documentation needs that types do not say. Procedures by path; those that say too little are `problems`. */
export interface Facts {
  modules: ModuleFacts[];
  procedures: ReadonlyMap<string, ProcedureFacts>;
  problems: string[];
}

/** Loads the modules and the router that `entry` exports and asks them what they declare. Errors: an entry without the two. */
export async function loadFacts(entry: string): Promise<Facts> {
  const imported: unknown = await import(pathToFileURL(entry).href);
  const modules = property(imported, "modules");
  if (!isModuleList(modules)) throw new Error(`${entry} exports no modules.`);
  const problems: string[] = [];
  const procedures = new Map<string, ProcedureFacts>();
  for (const [path, meta] of metaOfProcedures(property(imported, "appRouter"))) {
    const known = Meta.safeParse(meta);
    if (known.success) procedures.set(path, known.data);
    else problems.push(`${path} meta: does not say who may call it; build it from publicProcedure or one of its kin`);
  }
  return { modules: modules.map((module) => factsOf(module, modules)), procedures, problems };
}

function factsOf(module: Module, all: readonly Module[]): ModuleFacts {
  const events = Object.entries(module.events ?? {}).map(([key, { name }]): [string, EventFacts] => [
    key,
    { name, listeners: listenersOf(name, all) },
  ]);
  return {
    name: module.name,
    errors: errorsOf(module.errors ?? {}),
    events: new Map(events),
    routes: routesOf(module),
  };
}

function listenersOf(event: string, modules: readonly Module[]): string[] {
  return modules.flatMap(({ name, listeners = [] }) =>
    listeners.filter((listener) => listener.event.name === event).map((listener) => `${name}.${listener.name}`),
  );
}

/** The rows of an error table. */
export function errorsOf(table: Readonly<Record<string, ErrorFactory>>): ErrorFacts[] {
  return Object.values(table).map(({ appCode, kind, message, httpStatus = httpStatusOf[kind] }) => ({
    appCode,
    kind,
    httpStatus,
    message,
  }));
}

// Routes are mounted on a router that serves nobody, so the host is never asked.
const nobody: HttpHost = {
  createCtx() {
    throw new Error("Documentation makes no requests.");
  },
};

function routesOf(module: Module): RouteFacts[] {
  const router = express.Router();
  module.http?.(router, nobody);
  return router.stack.flatMap(({ route }) =>
    route ? route.stack.map(({ method }) => ({ method: method.toUpperCase(), path: route.path })) : [],
  );
}

function metaOfProcedures(router: unknown): [string, unknown][] {
  const procedures = property(property(router, "_def"), "procedures");
  if (typeof procedures !== "object" || procedures === null) throw new Error("There is no appRouter.");
  return Object.entries(procedures).map(([path, procedure]) => [path, property(property(procedure, "_def"), "meta")]);
}

function isModuleList(value: unknown): value is readonly Module[] {
  return Array.isArray(value) && value.every((module) => typeof property(module, "name") === "string");
}
