import { isPlainText } from "../http/form.ts";

/** The text fields of a posted form; anything that is not plain text is left out. */
export function readFields(body: unknown): Partial<Record<string, string>> {
  if (typeof body !== "object" || body === null) return {};
  return Object.fromEntries(
    Object.entries(body).filter(
      (entry): entry is [string, string] => typeof entry[1] === "string" && isPlainText(entry[1]),
    ),
  );
}
