import type { ErrorFacts } from "../load-facts.ts";
import type { ProcedureReference } from "../reference.ts";
import { code, type Links } from "./links.ts";
import { markup, type Markup } from "./markup.ts";
import { errorTable, routeTag } from "./module-section.ts";
import { audienceTag } from "./procedure-section.ts";
import { exampleUrl } from "./sample-call.ts";

const client = `import { createClient, TurnpikeError } from "@turnpike/client";

const client = createClient({
  url: "${exampleUrl}",
  getToken: () => session.accessToken,
  organization: () => currentOrganizationId,
});`;

const headers: [string, string][] = [
  [
    "authorization",
    "Bearer and the access token of a session. None: you are a visitor. One that proves nothing is refused.",
  ],
  ["turnpike-organization", "The id of the organization to act for. Absent: your personal one."],
  ["x-request-id", "Your own name for the request. It is echoed, stands in the log, and is in every failure."],
];

const routes: [string, string, string][] = [
  ["GET", "/", "Name and version."],
  ["GET", "/healthz", "200 while the process lives."],
  [
    "GET",
    "/readyz",
    "200 when it can serve; 503 while the database or jobs are down or the server is draining. A Redis or a Stripe that is away is shown as degraded, with 200.",
  ],
  ["GET", "/metrics", "How it does, for Prometheus: with the operators' token, where one is set."],
  ["GET", "/docs", "This page."],
];

const audiences: [ProcedureReference["audience"], string][] = [
  ["public", "With or without a session."],
  ["user", "A person with a session."],
  ["organization", "A person with a session, for the organization that the request names."],
  ["operator", "A platform administrator."],
];

/** The section that says how to call the API: with the client, over HTTP, as whom, and what a failure looks like. */
export function guide(errorData: string, coreErrors: readonly ErrorFacts[], links: Links): Markup {
  return markup`<section aria-labelledby="calling">
    <h2 id="calling">Calling the API</h2>
    <h3 id="client">With the client</h3>
    <p>
      <code>@turnpike/client</code> has every procedure with its types, batches the calls of one tick, and throws
      <code>TurnpikeError</code>.
    </p>
    ${code(client, links)}
    ${overHttp()}
    <h3 id="who">Who may call</h3>
    <dl>${audiences.map(([audience, text]) => entry(audienceTag(audience), text))}</dl>
    <h3 id="failures">When a call fails</h3>
    <p>
      The HTTP status says the kind, <code>appCode</code> the state: stable, and made for code. This is
      <code>error.json.data</code>; beside it stands a <code>message</code> for people.
    </p>
    ${code(errorData, links)}
    <p>Any procedure can answer these; <code>core.internal</code>, HTTP 500, is whatever is in no table.</p>
    ${errorTable("core", coreErrors)}
    <h3 id="server-routes">Other routes of the server</h3>
    <dl>${routes.map(([method, path, text]) => entry(routeTag({ method, path }), text))}</dl>
  </section>`;
}

function overHttp(): Markup {
  return markup`<h3 id="http">Over HTTP</h3>
    <p>
      A procedure is <code>${exampleUrl}/trpc/</code> and its path. Queries are <code>GET</code> with the input in
      <code>?input=</code>, mutations are <code>POST</code> with the input as JSON body, subscriptions are
      <code>GET</code> and answer server-sent events: messages have an id, which <code>last-event-id</code> or
      <code>lastEventId</code> in the input resumes after; one whose data is null says only that, an
      <code>event: serialized-error</code> is the error, and a connection that ends without <code>event: return</code> is
      to be made again.
    </p>
    <p>
      Inputs and outputs travel as <code>{"json": …}</code>; dates are texts there, and beside it
      <code>"meta": {"values": {"from": ["Date"]}}</code> says which. The result is at <code>result.data.json</code>. In
      the examples, what stands in angle brackets is yours to fill in, and <code>$TOKEN</code> is an access token.
    </p>
    <dl>${headers.map(([name, text]) => entry(markup`<code>${name}</code>`, text))}</dl>`;
}

function entry(term: Markup, text: string): Markup {
  return markup`<dt>${term}</dt><dd>${text}</dd>`;
}
