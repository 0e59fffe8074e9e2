import { generatedNote } from "./markdown.ts";
import type { EventReference, Reference } from "./reference.ts";

const intro = `# Domain events

What happened, in our words. Each is a row of \`private.events\`, written in the transaction that made it true, with an \`id\`, its \`name\`, the
\`organizationId\` it belongs to or null, \`occurredAt\`, and the \`data\` below. A durable listener gets it at least once; live
subscribers get it after the commit.
`;

/** Writes `docs/events.md`: every domain event with its data and its durable listeners. The same reference gives the same text. */
export function renderEventsFile({ modules }: Reference): string {
  const sections = modules
    .filter(({ events }) => events.length > 0)
    .flatMap(({ name, events }) => [`## ${name}\n`, ...events.map(section)]);
  return [generatedNote, intro, ...sections].join("\n");
}

function section({ name, text, data, listeners }: EventReference): string {
  const heard = listeners.map((listener) => `\`${listener}\``).join(", ");
  return [
    `### ${name}`,
    "",
    ...(text ? [text, ""] : []),
    "```ts",
    data,
    "```",
    "",
    ...(heard ? [`Durable listeners: ${heard}.`, ""] : []),
  ].join("\n");
}
