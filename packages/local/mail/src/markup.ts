/** Text that is safe to send as HTML: made by `markup`, which escapes everything put into it. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Value = string | number | Markup | Value[];

/** Template tag for HTML. Values are escaped; markup and lists of it are put in as they are. */
export function markup(strings: TemplateStringsArray, ...values: Value[]): Markup {
  const parts = strings.map((part, index) => (index < values.length ? part + render(values[index] ?? "") : part));
  return new Markup(parts.join(""));
}

function render(value: Value): string {
  if (value instanceof Markup) return value.text;
  if (Array.isArray(value)) return value.map(render).join("");
  return escapeText(String(value));
}

const ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? "");
}
