/** Text that is safe to send as HTML: made by `markup`, which escapes everything put into it. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Value = string | number | Markup | readonly Value[];

/** Template tag for HTML. Values are escaped; pieces of HTML and lists of them are put in as they are. Indentation is dropped. */
export function markup(strings: TemplateStringsArray, ...values: readonly Value[]): Markup {
  const parts = strings.map((part, at) => part.replace(/\n\s*/g, "\n") + render(values[at] ?? ""));
  return new Markup(parts.join(""));
}

/** Nothing at all, for what is left out. */
export const nothing = new Markup("");

function render(value: Value): string {
  if (value instanceof Markup) return value.text;
  return isList(value) ? value.map(render).join("") : escapeText(String(value));
}

// `Array.isArray` does not narrow a readonly list.
function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? "");
}
