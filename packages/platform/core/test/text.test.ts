import { describe, expect, test } from "vitest";
import { MultilineText, StorableText, Text } from "../src/index.ts";

const accepts = (schema: typeof Text, text: string) => schema.safeParse(text).success;

describe.each([
  ["StorableText", StorableText],
  ["Text", Text],
  ["MultilineText", MultilineText],
])("%s", (_, schema) => {
  test.each(["", "Zoë Ångström", "日本語", "👩🏽‍🚀", "\u{10FFFF}"])("takes %j", (text) => {
    expect(accepts(schema, text)).toBe(true);
  });

  test.each(["a\0b", "\0", "\ud800", "a\udc00b", "\udc00\ud800"])("refuses %j", (text) => {
    expect(accepts(schema, text)).toBe(false);
  });
});

test.each(["a\nb", "a\tb", "a\r\nb"])("%j is text of several lines and not of one", (text) => {
  expect([Text, MultilineText, StorableText].map((schema) => accepts(schema, text))).toEqual([false, true, true]);
});

test.each(["\u0007", "\u001b[31m", "\u007f", "\u0085"])("the control character in %j is in no text of ours", (text) => {
  expect([Text, MultilineText].map((schema) => accepts(schema, text))).toEqual([false, false]);
});
