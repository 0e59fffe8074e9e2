import { html, type Html } from "../html.ts";

const json = "-H 'content-type: application/json'";

/** What this page has no form for: where to read, and the calls to `/_sim` as a shell takes them. */
export function commandsSection(baseUrl: string): Html {
  const reads = ["clock", "deliveries", "faults", "settings", "dump"];
  return html`<section class="card" id="commands" aria-labelledby="commands-title">
    <h2 id="commands-title">Addresses and commands</h2>
    <p class="note">
      The API is at <code>${baseUrl}/v1</code>. To read:
      ${reads.map((path) => html` <a href="/_sim/${path}">/_sim/${path}</a> `)}
    </p>
    <dl class="commands">
      ${groupsOf(baseUrl).map(
        ({ title, lines }) =>
          html`<dt>${title}</dt>
            ${lines.map((line) => html`<dd><code>${line}</code></dd>`)}`,
      )}
    </dl>
    <p class="note">
      Cards: 4242424242424242 works · 4000000000000002 is declined · 4000002500003155 asks for 3-D Secure ·
      4000000000000341 fails at renewal.
    </p>
  </section>`;
}

function groupsOf(baseUrl: string): { title: string; lines: string[] }[] {
  const post = (path: string, body: object): string =>
    `curl ${baseUrl}/_sim/${path} ${json} -d '${JSON.stringify(body)}'`;
  return [
    {
      title: "Move the clock",
      lines: [post("clock", { advanceSec: 86_400 }), post("clock", { to: "2030-01-01T00:00:00Z" })],
    },
    {
      title: "Let requests fail",
      lines: [
        post("faults", { route: "POST /v1/customers", kind: "status", status: 500, count: 2 }),
        post("faults", { route: "*", kind: "drop_after_commit" }),
        `curl -X DELETE ${baseUrl}/_sim/faults`,
      ],
    },
    {
      title: "Shuffle, double, delay or pause deliveries",
      lines: [post("delivery", { shuffle: true, duplicate: true, delayMs: 2000 }), post("delivery", { paused: true })],
    },
    { title: "Hurry what waits for its next attempt", lines: [`curl -X POST ${baseUrl}/_sim/deliveries/retry`] },
    {
      title: "Fail renewals sooner, then mark unpaid",
      lines: [post("settings", { dunning: { retryAfterSec: [3600], finally: "unpaid" } })],
    },
    { title: "Empty everything and put the clock back", lines: [`curl -X POST ${baseUrl}/_sim/reset`] },
  ];
}
