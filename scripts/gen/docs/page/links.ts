import { markup, type Markup } from "./markup.ts";

/** What can be linked to: anchors of errors by code, names of types that have a section, procedures by path. */
export interface Links {
  errors: ReadonlyMap<string, string>;
  types: ReadonlySet<string>;
  procedures: ReadonlySet<string>;
}

/** Writes a comment as HTML: what stands in backticks becomes code, and what names a procedure or an error a link. */
export function prose(text: string, links: Links): Markup[] {
  return text.split(/(`[^`]+`)/).map((part) => {
    if (!/^`[^`]+`$/.test(part)) return markup`${part}`;
    const code = part.slice(1, -1);
    const anchor = links.procedures.has(code) ? code : links.errors.get(code);
    return anchor === undefined ? markup`<code>${code}</code>` : markup`<a href="#${anchor}"><code>${code}</code></a>`;
  });
}

const tokens = /(?<comment>\/\*\*[^]*?\*\/)|(?<text>"(?:[^"\\]|\\.)*")|(?<name>[A-Za-z_$][\w$]*)(?![\w$]|\??:)|[^]/g;

/** Writes TypeScript as HTML: comments and texts in their own color, names of declared types as links to them. */
export function code(source: string, links: Links): Markup {
  const parts = [...source.matchAll(tokens)].map((match) => {
    const { comment, text, name } = match.groups ?? {};
    if (comment !== undefined) return markup`<i>${comment}</i>`;
    if (text !== undefined) return markup`<b>${text}</b>`;
    return name !== undefined && links.types.has(name)
      ? markup`<a href="#type-${name}">${name}</a>`
      : markup`${match[0]}`;
  });
  return markup`<pre><code>${parts}</code></pre>`;
}
