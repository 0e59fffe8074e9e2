/** What the parent asks its supervisor. */
export type Order =
  | { kind: "run"; program: string; args: string[]; dataDir: string; logFile: string; uid?: number; gid?: number }
  | { kind: "adopt"; pid: number; dataDir: string; uid?: number }
  | { kind: "stop" };

/** What the supervisor reports. */
export type Report =
  | { kind: "owner" }
  | { kind: "taken"; owner: number }
  | { kind: "running"; pid: number }
  | { kind: "ended"; how: string };

/** Report in a message of the supervisor, or null for anything else. */
export function parseReport(message: unknown): Report | null {
  const kind = kindOf(message);
  if (kind === "owner") return { kind };
  if (kind === "taken") return { kind, owner: numberIn(message, "owner") ?? 0 };
  if (kind === "ended") return { kind, how: textIn(message, "how") ?? "" };
  const pid = numberIn(message, "pid");
  return kind === "running" && pid !== undefined ? { kind, pid } : null;
}

/** Order in a message of the parent, or null for anything else. */
export function parseOrder(message: unknown): Order | null {
  const kind = kindOf(message);
  if (kind === "stop") return { kind };
  const dataDir = textIn(message, "dataDir");
  if (dataDir === undefined) return null;
  const uid = numberIn(message, "uid");
  const pid = numberIn(message, "pid");
  if (kind === "adopt" && pid !== undefined) return { kind, pid, dataDir, uid };

  const program = textIn(message, "program");
  const logFile = textIn(message, "logFile");
  if (kind !== "run" || program === undefined || logFile === undefined) return null;
  return { kind, program, args: textsIn(message, "args"), dataDir, logFile, uid, gid: numberIn(message, "gid") };
}

function kindOf(message: unknown): string | undefined {
  return textIn(message, "kind");
}

function fieldOf(message: unknown, name: string): unknown {
  if (typeof message !== "object" || message === null) return undefined;
  return Object.entries(message).find(([key]) => key === name)?.[1];
}

function textIn(message: unknown, name: string): string | undefined {
  const value = fieldOf(message, name);
  return typeof value === "string" ? value : undefined;
}

function numberIn(message: unknown, name: string): number | undefined {
  const value = fieldOf(message, name);
  return typeof value === "number" ? value : undefined;
}

function textsIn(message: unknown, name: string): string[] {
  const value = fieldOf(message, name);
  return Array.isArray(value) ? value.filter((item: unknown) => typeof item === "string") : [];
}
