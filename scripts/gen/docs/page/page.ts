import { objectOf } from "../../client/canonical.ts";
import { itemOf } from "../../client/render.ts";
import type { ApiShape, Shape } from "../../client/shape.ts";
import type { Reference } from "../reference.ts";
import { guide } from "./guide.ts";
import { code, type Links } from "./links.ts";
import { Markup, markup, nothing } from "./markup.ts";
import { errorAnchor, moduleSection } from "./module-section.ts";
import { pageStyle } from "./page-style.ts";
import type { PrintedProcedure } from "./procedure-section.ts";
import { sampleCall } from "./sample-call.ts";
import { createTypeText, type TypeSection } from "./type-text.ts";

/** Writes the API reference as one page of HTML, without script and without anything to load. */
export function renderPage(reference: Reference): string {
  const { api, modules } = reference;
  const types = createTypeText(api);
  const errorData = types.print(errorDataOf(api)).text;
  const printed = modules.map(({ procedures }) =>
    procedures.map((procedure): PrintedProcedure => ({
      procedure,
      input: types.print(procedure.input),
      output: types.print(procedure.kind === "subscription" ? itemOf(procedure.output) : procedure.output),
      call: sampleCall(api.objects, procedure),
    })),
  );
  const sections = types.sections();
  const links = linksOf(reference, sections);
  const content = markup` ${guide(errorData, reference.coreErrors, links)}
  ${modules.map((module, at) => moduleSection(module, printed[at] ?? [], links))} ${typeSection(sections, links)}`;
  return frame(contents(reference, sections.length > 0), content).text;
}

// What tRPC puts around it is of no use to a caller.
function errorDataOf({ errorShape, objects }: ApiShape): Shape {
  const fields = errorShape.kind === "ref" ? objectOf(objects, errorShape.id).fields : [];
  return fields.find(({ name }) => name === "data")?.shape ?? errorShape;
}

function linksOf({ coreErrors, modules }: Reference, types: readonly TypeSection[]): Links {
  const rows = [{ name: "core", errors: coreErrors }, ...modules].flatMap(({ name, errors }) =>
    errors.map(({ appCode }): [string, string] => [appCode, errorAnchor(name, appCode)]),
  );
  return {
    errors: new Map(rows.toReversed()),
    types: new Set(types.map(({ name }) => name)),
    procedures: new Set(modules.flatMap(({ procedures }) => procedures.map(({ path }) => path))),
  };
}

function typeSection(types: readonly TypeSection[], links: Links): Markup {
  if (types.length === 0) return nothing;
  const items = types.map(
    ({ name, text }) =>
      markup`<article id="type-${name}">
        <h3>${name}</h3>
        ${code(text, links)}
      </article>`,
  );
  return markup`<section aria-labelledby="types">
    <h2 id="types">Types</h2>
    ${items}
  </section>`;
}

function contents({ modules }: Reference, hasTypes: boolean): Markup {
  const entries = modules.map(({ name, procedures, routes, errors, events }) => {
    const parts = [
      ...procedures.map(({ path }) => ({ anchor: path, label: path.slice(name.length + 1) })),
      ...(routes.length > 0 ? [{ anchor: `routes-${name}`, label: "HTTP routes" }] : []),
      ...(errors.length > 0 ? [{ anchor: `errors-${name}`, label: "Errors" }] : []),
      ...(events.length > 0 ? [{ anchor: `events-${name}`, label: "Events" }] : []),
    ];
    const list = parts.map(({ anchor, label }) => markup`<li><a href="#${anchor}">${label}</a></li>`);
    return markup`<li>
      <a href="#module-${name}">${name}</a>
      <ul>
        ${list}
      </ul>
    </li>`;
  });
  return markup`<nav aria-label="Contents">
    <ul>
      <li><a href="#calling">Calling the API</a></li>
      ${entries}${hasTypes ? markup`<li><a href="#types">Types</a></li>` : nothing}
    </ul>
  </nav>`;
}

function frame(nav: Markup, content: Markup): Markup {
  return markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>Turnpike API</title>
        <style>${new Markup(pageStyle)}</style>
      </head>
      <body>
        <a class="skip" href="#content">Skip to content</a>
        <header>
          <h1>Turnpike API</h1>
          <p>Every procedure with its types, its errors and its events.</p>
        </header>
        <div class="columns">
          ${nav}
          <main id="content">${content}</main>
        </div>
      </body>
    </html>
`;
}
