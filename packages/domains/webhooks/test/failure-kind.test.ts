import { expect, test } from "vitest";
import { failureKindOf } from "../src/failure-kind.ts";

test.each(["40001", "40P01", "55P03", "57014", "25P03"])(
  "what PostgreSQL gave up on with %s may go through later",
  (code) => {
    expect(failureKindOf(Object.assign(new Error("gave up"), { code }))).toBe("outage");
  },
);

test("a statement that PostgreSQL refused is a fault", () => {
  expect(failureKindOf(Object.assign(new Error("duplicate key"), { code: "23505" }))).toBe("fault");
});
