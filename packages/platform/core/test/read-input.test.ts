import superjson from "superjson";
import { expect, test } from "vitest";
import { AppError } from "@turnpike/core";
import { readInput } from "../src/read-input.ts";

const nested = (levels: number): unknown => JSON.parse(`{"json":${'{"a":'.repeat(levels)}1${"}".repeat(levels)}}`);
const typed = (type: unknown, json: unknown) => ({ json: { a: json }, meta: { values: { a: type }, v: 1 } });

function refusalOf(payload: unknown): AppError | undefined {
  try {
    readInput(payload);
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

test.each([
  ["plain JSON", { a: [1, "x", null, true, { b: "👾" }] }],
  ["dates, also the same one twice", ((at) => ({ from: at, to: at, list: [at] }))(new Date(0))],
  ["undefined and the numbers that JSON lacks", { a: undefined, b: Number.NaN, c: -0, d: Infinity }],
  ["keys with dots", { "a.b": new Date(1), "a\\b": { "c.d": undefined } }],
  ["a date alone", new Date(2)],
  ["no input", undefined],
])("%s arrive as the client sent them", (_name, input) => {
  expect(readInput(JSON.parse(superjson.stringify(input)))).toEqual(input);
});

test.each([
  ["a pattern", typed(["regexp"], "/(a+)+$/")],
  ["an error", typed(["Error"], { message: "x", stack: "y" })],
  ["a bigint", typed(["bigint"], "9")],
  ["a map", typed(["map"], [["a", 1]])],
  ["a set", typed(["set"], [1])],
  ["a URL", typed(["URL"], "http://a.test")],
  ["a symbol", typed([["symbol", "x"]], "x")],
  ["a class", typed([["class", "X"]], {})],
  ["a custom type", typed([["custom", "X"]], {})],
  ["an array of gigabytes", typed([["typed-array", "Float64Array"]], 4e9)],
  ["an unknown type", typed(["none"], 1)],
  ["a tree of types", typed(["Date", { b: ["Date"] }], 1)],
  ["a path to the prototype", { json: {}, meta: { values: { "__proto__.x": ["undefined"] } } }],
  ["a path to the constructor", { json: {}, meta: { values: { "constructor.prototype.x": ["Date"] } } }],
  ["a prototype in the JSON", JSON.parse('{"json":{"a":{"__proto__":{"isAdmin":true}}}}')],
  ["a very long path", { json: {}, meta: { values: { [Array(10_000).fill("a").join(".")]: ["Date"] } } }],
  ["20 000 levels", nested(20_000)],
  ["no envelope", null],
])("%s is refused", (_name, payload) => {
  expect(() => readInput(payload)).toThrow(/is not valid|is not allowed as a property/);
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect(Reflect.get({}, "x")).toBeUndefined();
});

test.each([
  ["NUL", "a\0b"],
  ["half a surrogate pair", "\ud800"],
])("text with %s is refused at its field", (_name, text) => {
  expect(refusalOf({ json: { a: { b: [text] } } })?.fieldIssues).toMatchObject([{ path: "a.b.0" }]);
  expect(refusalOf({ json: { a: { [text]: 1 } } })?.fieldIssues).toMatchObject([{ path: "a" }]);
});

test("an envelope with nothing in it is no input", () => {
  expect(readInput({})).toBeUndefined();
});

test("equalities that a caller claims are not made", () => {
  const claimed = { referentialEqualities: { a: ["b", "constructor.prototype.x"] } };
  expect(readInput({ json: { a: {}, b: 1 }, meta: claimed })).toEqual({ a: {}, b: 1 });
});
