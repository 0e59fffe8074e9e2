import { expect, test } from "vitest";
import { nameTypes } from "../client/name-types.ts";
import type { ApiShape, ObjectShape, ProcedureShape, Shape } from "../client/shape.ts";

const text: Shape = { kind: "keyword", name: "string" };
const nothing: Shape = { kind: "keyword", name: "void" };
const ref = (id: number): Shape => ({ kind: "ref", id });

function body(name: string | null, module: string, ...fields: string[]): ObjectShape {
  const origin = name === null ? null : { name, module, doc: null };
  return {
    origin,
    fields: fields.map((field) => ({ name: field, isOptional: false, shape: text, doc: null })),
    index: [],
  };
}

/** Names the bodies of an API with one procedure per pair of input and output; answers them in order. */
function namesOf(bodies: ObjectShape[], ...calls: [input: number | null, output: number | null][]): (string | null)[] {
  const shapeOf = (id: number | null): Shape => (id === null ? nothing : ref(id));
  const procedures = calls.map(([input, output], at): ProcedureShape => {
    return { path: ["module", `call${at}`], kind: "query", doc: null, input: shapeOf(input), output: shapeOf(output) };
  });
  const api: ApiShape = { procedures, modules: [], errorShape: text, objects: new Map(bodies.entries()), problems: [] };
  const names = nameTypes(api);
  return bodies.map((_, id) => names.nameOf(id));
}

test("a body is named after its variable, one without a variable is written in place", () => {
  expect(namesOf([body("Plan", "products", "id"), body(null, "", "id")], [null, 0], [null, 1])).toEqual(["Plan", null]);
});

test("a name that two modules use is prefixed in both", () => {
  const bodies = [body("Status", "billing", "a"), body("Status", "system", "b")];
  expect(namesOf(bodies, [null, 0], [null, 1])).toEqual(["BillingStatus", "SystemStatus"]);
});

test("the output keeps the plain name, the other side of the same schema ends in Input", () => {
  const bodies = [body("Settings", "billing", "in"), body("Settings", "billing", "out")];
  expect(namesOf(bodies, [0, 1])).toEqual(["SettingsInput", "Settings"]);
});

test("a name that the client or the language has already gets the module before it", () => {
  expect(namesOf([body("Client", "organizations", "id")], [null, 0])).toEqual(["OrganizationsClient"]);
  expect(namesOf([body("Map", "analytics", "id")], [null, 0])).toEqual(["AnalyticsMap"]);
});

test("equal bodies of one name are one type, different ones of one name in one module are numbered", () => {
  const bodies = [
    body("Row", "billing", "a"),
    body("Row", "billing", "a"),
    body("Row", "billing", "b"),
    body("Row", "billing", "c"),
  ];
  expect(namesOf(bodies, [null, 0], [null, 1], [null, 2], [null, 3])).toEqual([
    "Row",
    "Row",
    "BillingRow",
    "BillingRow2",
  ]);
});
