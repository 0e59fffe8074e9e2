import { expect, test } from "vitest";
import { storable } from "../src/index.ts";

test("what PostgreSQL cannot keep is replaced in texts and keys, at any depth", () => {
  const sent: unknown = JSON.parse(String.raw`{"a":"x\u0000y","list":["\ud800",{"k\udc00":"z"}],"n":1,"none":null}`);
  expect(storable(sent)).toEqual({ a: "x\ufffdy", list: ["\ufffd", { "k\ufffd": "z" }], n: 1, none: null });
});

test.each(["Zoë 👩🏽‍🚀", ["a\nb", 1, true, null], { deep: { list: [{ text: "\u0007" }] } }])(
  "%j comes back as it is",
  (value) => {
    expect(storable(value)).toBe(value);
  },
);
