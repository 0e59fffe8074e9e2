import { objectOf } from "../../client/canonical.ts";
import type { ApiShape, Shape } from "../../client/shape.ts";

/** An example of a value that can travel. Texts are the name of their field in angle brackets. */
export type Sample = null | boolean | number | string | Date | Sample[] | { [key: string]: Sample };

interface Sampling {
  objects: ApiShape["objects"];
  trail: readonly number[];
}

const sampleDate = new Date("2027-01-31T12:00:00.000Z");

/** Makes the smallest example of a shape: only what has to be there, the first of every choice. */
export function sampleOf(objects: ApiShape["objects"], shape: Shape): Sample {
  return sample({ objects, trail: [] }, shape, "value");
}

function sample(sampling: Sampling, shape: Shape, name: string): Sample {
  switch (shape.kind) {
    case "keyword":
      return sampleKeyword(shape.name, name);
    case "literal":
      return shape.text.endsWith("n") ? shape.text : parseLiteral(shape.text);
    case "array":
      return isInTrail(sampling, shape.element) ? [] : [sample(sampling, shape.element, name.replace(/s$/, ""))];
    case "tuple":
      return shape.elements
        .filter((part) => part.modifier === "none")
        .map((part) => sample(sampling, part.shape, name));
    case "builtin":
      return shape.name === "Date" ? sampleDate : {};
    case "union":
      return shape.parts[0] ? sample(sampling, shape.parts[0], name) : null;
    case "tracked":
      return sample(sampling, shape.item, name);
    case "ref":
      return sampleObject(sampling, shape.id);
    default:
      return shape satisfies never;
  }
}

function sampleKeyword(keyword: string, name: string): Sample {
  if (keyword === "number") return 1;
  if (keyword === "boolean") return true;
  return keyword === "string" ? `<${name}>` : null;
}

// The printer wrote the literal as JSON; what is neither text, number nor truth value cannot be one.
function parseLiteral(text: string): Sample {
  const value: unknown = JSON.parse(text);
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
}

function isInTrail({ trail }: Sampling, shape: Shape): boolean {
  return shape.kind === "ref" && trail.includes(shape.id);
}

function sampleObject({ objects, trail }: Sampling, id: number): Sample {
  if (trail.includes(id)) return {};
  const { fields } = objectOf(objects, id);
  const inner = { objects, trail: [...trail, id] };
  const required = fields.filter(({ isOptional }) => !isOptional);
  return Object.fromEntries(required.map(({ name, shape }) => [name, sample(inner, shape, name)]));
}
