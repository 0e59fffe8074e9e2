import { propertyName } from "../../client/print-type.ts";
import { takesNothing } from "../../client/render.ts";
import type { ApiShape } from "../../client/shape.ts";
import type { ProcedureReference } from "../reference.ts";
import { sampleOf, type Sample } from "./sample-input.ts";

/** The address that examples are written with; the server puts its own in its place. */
export const exampleUrl = "https://api.example.com";

/** How a procedure is called: with the client and with curl. */
export interface SampleCall {
  client: string;
  curl: string;
}

/** Writes both calls with the smallest input that has the right shape. */
export function sampleCall(objects: ApiShape["objects"], procedure: ProcedureReference): SampleCall {
  const sample = takesNothing(procedure.input) ? null : sampleOf(objects, procedure.input);
  return { client: clientCall(procedure, sample), curl: curlCall(procedure, sample) };
}

function clientCall({ path, kind }: ProcedureReference, sample: Sample): string {
  const input = sample === null ? "" : printSample(sample);
  if (kind === "query") return `await client.${path}.query(${input});`;
  if (kind === "mutation") return `await client.${path}.mutate(${input});`;
  return `client.${path}.subscribe(${input || "undefined"}, { onData: (item) => console.log(item) });`;
}

function curlCall({ path, kind, audience }: ProcedureReference, sample: Sample): string {
  const url = quote(`${exampleUrl}/trpc/${path}`);
  const token = audience === "public" ? [] : ['-H "authorization: Bearer $TOKEN"'];
  const body = sample === null ? null : envelope(sample);
  if (kind === "mutation") {
    const sent = body === null ? [] : ["-H 'content-type: application/json'", `-d ${quote(body)}`];
    return [body === null ? `curl -X POST ${url}` : `curl ${url}`, ...token, ...sent].join(" \\\n  ");
  }
  const input = body === null ? [] : [`--data-urlencode ${quote(`input=${body}`)}`];
  return [`curl ${kind === "query" ? "" : "-N "}-G ${url}`, ...token, ...input].join(" \\\n  ");
}

// superjson's envelope: JSON, and beside it which of its texts are dates.
function envelope(sample: Sample): string {
  const dates = datePaths(sample).map((path): [string, string[]] => [path.join("."), ["Date"]]);
  const meta = dates.length > 0 && { meta: { values: Object.fromEntries(dates) } };
  return JSON.stringify({ json: sample, ...meta });
}

function datePaths(sample: Sample): string[][] {
  if (sample instanceof Date) return [[]];
  if (typeof sample !== "object" || sample === null) return [];
  return Object.entries(sample).flatMap(([name, value]) => datePaths(value).map((path) => [name, ...path]));
}

function printSample(sample: Sample): string {
  if (sample instanceof Date) return `new Date(${JSON.stringify(sample)})`;
  if (Array.isArray(sample)) return `[${sample.map(printSample).join(", ")}]`;
  if (typeof sample !== "object" || sample === null) return JSON.stringify(sample);
  const fields = Object.entries(sample).map(([name, value]) => `${propertyName(name)}: ${printSample(value)}`);
  return fields.length > 0 ? `{ ${fields.join(", ")} }` : "{}";
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
