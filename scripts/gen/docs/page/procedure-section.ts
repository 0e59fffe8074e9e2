import type { ProcedureReference } from "../reference.ts";
import { code, prose, type Links } from "./links.ts";
import { markup, nothing, type Markup } from "./markup.ts";
import type { SampleCall } from "./sample-call.ts";
import type { PrintedType } from "./type-text.ts";

/** A procedure with everything printed that its section shows. */
export interface PrintedProcedure {
  procedure: ProcedureReference;
  input: PrintedType;
  output: PrintedType;
  call: SampleCall;
}

const audienceNames: Readonly<Record<ProcedureReference["audience"], string>> = {
  public: "anyone",
  user: "signed in",
  organization: "organization",
  operator: "operator",
};

/** Who may call, as a tag. */
export function audienceTag(audience: ProcedureReference["audience"]): Markup {
  return markup`<span class="tag ${audience}">${audienceNames[audience]}</span>`;
}

/** The section of a procedure: what it does, who may call it, what goes in and comes out, and how to call it. */
export function procedureSection({ procedure, input, output, call }: PrintedProcedure, links: Links): Markup {
  const { path, kind, audience, text, refusals, rateLimit, isDeprecated } = procedure;
  return markup`<article id="${path}">
    <h3><a href="#${path}">${path}</a></h3>
    <p class="tags">
      <span class="tag ${kind}">${kind}</span> ${audienceTag(audience)}
      ${isDeprecated ? markup`<span class="tag deprecated">deprecated</span>` : nothing}
    </p>
    ${text ? markup`<p>${prose(text, links)}</p>` : nothing}
    ${refusals.length > 0 ? markup`<p class="small">Refuses with ${refusalList(refusals, links)}.</p>` : nothing}
    ${rateLimit ? markup`<p class="small">At most ${rateLimit.points} per ${duration(rateLimit.durationSec)} and client address.</p>` : nothing}
    <div class="sides">
      ${side("Input", input, links)}${side(kind === "subscription" ? "Each item" : "Output", output, links)}
    </div>
    <details>
      <summary>Call it</summary>
      <h4>TypeScript</h4>
      ${code(call.client, noLinks)}
      <h4>curl</h4>
      <pre><code>${call.curl}</code></pre>
    </details>
  </article>`;
}

const noLinks: Links = { errors: new Map(), types: new Set(), procedures: new Set() };

function side(label: string, { name, text, isOptional }: PrintedType, links: Links): Markup {
  const isNone = text === "void" || text === "undefined";
  const called = name === null ? nothing : markup` <code>${name}</code>`;
  return markup`<div>
    <h4>${label}${called}${isOptional ? markup` <small>may be left out</small>` : nothing}</h4>
    ${isNone ? markup`<p class="small">Nothing.</p>` : code(text, links)}
  </div>`;
}

function refusalList(refusals: readonly string[], links: Links): Markup[] {
  return refusals.map((refusal, at) => markup`${at > 0 ? ", " : ""}${prose(`\`${refusal}\``, links)}`);
}

/** A number of seconds in words: `15 minutes`. */
function duration(seconds: number): string {
  const units: [number, string][] = [
    [86_400, "day"],
    [3600, "hour"],
    [60, "minute"],
  ];
  const [size, unit] = units.find(([length]) => seconds % length === 0) ?? [1, "second"];
  return seconds === size ? unit : `${seconds / size} ${unit}s`;
}
