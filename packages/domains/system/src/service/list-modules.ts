import { z } from "zod";
import type { Ctx, Module } from "@turnpike/core";
import { ProcedureType } from "../models.ts";
import type { ModuleInfo } from "../models.ts";

/** Every module with what it declares, in the order in which they were loaded. */
export function listModules(ctx: Ctx): ModuleInfo[] {
  return ctx.modules.map((module) => ({
    name: module.name,
    isDisabled: ctx.config.modulesDisabled.includes(module.name),
    procedures: proceduresOf(module),
    errors: Object.values(module.errors ?? {}).map(({ appCode }) => appCode),
    events: Object.values(module.events ?? {}).map(({ name }) => name),
    listeners: (module.listeners ?? []).map(({ name, event }) => ({ name, event: event.name })),
    jobs: (module.jobs ?? []).map(({ queue }) => queue),
    schedules: (module.schedules ?? []).map(({ name, cron }) => ({ name, cron })),
    stripeObjects: (module.stripe ?? []).map(({ object }) => object),
  }));
}

// tRPC keeps a router's procedures and a procedure's type under `_def`; an AnyRouter forgets their types.
const Definitions = z.object({ procedures: z.record(z.string(), z.custom<{ _def: unknown }>(hasDefinition)) });
const Definition = z.object({ type: ProcedureType });

function proceduresOf({ router }: Module): ModuleInfo["procedures"] {
  if (!router) return [];
  const { procedures } = Definitions.parse(router._def);
  return Object.entries(procedures).map(([name, { _def }]) => ({ name, type: Definition.parse(_def).type }));
}

function hasDefinition(procedure: unknown): boolean {
  return typeof procedure === "function" && "_def" in procedure;
}
