import type { ErrorFacts, RouteFacts } from "../load-facts.ts";
import type { EventReference, ModuleReference } from "../reference.ts";
import { code, prose, type Links } from "./links.ts";
import { markup, nothing, type Markup } from "./markup.ts";
import { procedureSection, type PrintedProcedure } from "./procedure-section.ts";

const wordBreak = markup`<wbr>`;

/** The anchor of an error's row. Modules may share a code when one was copied from the other. */
export function errorAnchor(module: string, appCode: string): string {
  return `error-${module}-${appCode}`;
}

/** The section of a module: its procedures, its HTTP routes, its errors and its events. */
export function moduleSection(module: ModuleReference, procedures: readonly PrintedProcedure[], links: Links): Markup {
  const { name, errors, events, routes, routesText } = module;
  return markup`<section aria-labelledby="module-${name}">
    <h2 id="module-${name}">${name}</h2>
    ${procedures.map((procedure) => procedureSection(procedure, links))}
    ${routes.length > 0 ? routeSection(name, routes, routesText, links) : nothing}
    ${
      errors.length > 0
        ? markup`<h3 id="errors-${name}">Errors of ${name}</h3>
            ${errorTable(name, errors)}`
        : nothing
    }
    ${
      events.length > 0
        ? markup`<h3 id="events-${name}">Events of ${name}</h3>
            ${events.map((event) => eventSection(event, links))}`
        : nothing
    }
  </section>`;
}

/** A table of errors; each row can be linked to. */
export function errorTable(module: string, errors: readonly ErrorFacts[]): Markup {
  const rows = errors.map(
    ({ appCode, kind, httpStatus, message }) =>
      markup`<tr id="${errorAnchor(module, appCode)}">
        <td><code>${breakable(appCode)}</code></td>
        <td class="status">${httpStatus} <small>${kind}</small></td>
        <td>${message}</td>
      </tr>`,
  );
  return markup`<table>
    <thead>
      <tr>
        <th scope="col">Code</th>
        <th scope="col">HTTP</th>
        <th scope="col">Message</th>
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`;
}

// A narrow screen may break a code after a dot or an underscore, and nowhere else.
function breakable(appCode: string): Markup[] {
  return appCode.split(/(?<=[._])/).map((part, at) => markup`${at > 0 ? wordBreak : nothing}${part}`);
}

/** An HTTP route, marked as one that this server has. */
export function routeTag({ method, path }: RouteFacts): Markup {
  return markup`<code data-route="${method} ${path}">${method} ${path}</code>`;
}

function routeSection(name: string, routes: readonly RouteFacts[], text: string, links: Links): Markup {
  const items = routes.map((route) => markup`<li>${routeTag(route)}</li>`);
  return markup`<h3 id="routes-${name}">HTTP routes of ${name}</h3>
    <ul>
      ${items}
    </ul>
    ${text ? markup`<p>${prose(text, links)}</p>` : nothing}`;
}

function eventSection({ name, text, data, listeners }: EventReference, links: Links): Markup {
  const heard = listeners.map((listener, at) => markup`${at > 0 ? ", " : ""}<code>${listener}</code>`);
  return markup`<article id="event-${name}" class="event">
    <h4>${name}</h4>
    ${text ? markup`<p>${prose(text, links)}</p>` : nothing}
    <details>
      <summary>Data</summary>
      ${code(data, links)}
    </details>
    ${listeners.length > 0 ? markup`<p class="small">Durable listeners: ${heard}.</p>` : nothing}
  </article>`;
}
