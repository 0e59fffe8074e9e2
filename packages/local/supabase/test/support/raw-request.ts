import type { Project } from "./start-project.ts";

/** What a raw HTTP call answered. */
export interface RawAnswer {
  status: number;
  headers: Headers;
  text: string;
  json: unknown;
}

/** Calls the Auth API without the SDK: with the anon key, and a body that is sent as it is. */
export async function raw(
  project: Project,
  method: string,
  path: string,
  options: { body?: unknown; headers?: Record<string, string> } = {},
): Promise<RawAnswer> {
  const { body } = options;
  const response = await fetch(`${project.supabase.url}/auth/v1${path}`, {
    method,
    redirect: "manual",
    headers: { apikey: project.supabase.anonKey, ...options.headers },
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: parse(text) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
