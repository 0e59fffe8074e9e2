import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Actor } from "@turnpike/core";
import { newId } from "@turnpike/core";
import type { TestUser } from "@turnpike/testing";
import type { CatalogueBed } from "./catalogue-bed.ts";
import { startCatalogueBed } from "./catalogue-bed.ts";

const anonymous: Actor = { type: "anonymous" };

let bed: CatalogueBed;
let operator: TestUser;

beforeAll(async () => {
  bed = await startCatalogueBed();
  operator = await bed.app.createUser({ isOperator: true });
});
afterAll(() => bed.close());

const refused = (appCode: string) => ({ cause: { appCode } });

describe("features.set", () => {
  test("makes these the features and no others, here only", async () => {
    const made = await bed.as(operator.actor).create({ name: "Set", features: [{ key: "exports" }] });
    const set = await bed
      .as(operator.actor)
      .features.set({ productId: made.id, features: [{ key: "seats", limit: 9 }] });
    expect(set.features).toMatchObject([{ key: "seats", limit: 9 }]);
    const { items } = await bed.as(operator.actor).features.list();
    expect(items.map(({ key }) => key)).toEqual(expect.arrayContaining(["exports", "seats"]));
  });

  test("by many at once leaves what one of them set", async () => {
    const { id } = await bed.as(operator.actor).create({ name: "Busy", features: [{ key: "exports" }] });
    const limits = Array.from({ length: 8 }, (_, index) => index + 1);
    await Promise.all(
      limits.map((limit) =>
        bed.as(operator.actor).features.set({ productId: id, features: [{ key: "seats", limit }, { key: "exports" }] }),
      ),
    );
    const { features } = await bed.as(anonymous).get({ productId: id });
    expect(features.map(({ key }) => key)).toEqual(["exports", "seats"]);
    expect(limits).toContain(features[1]?.limit);
  });

  test("refuses a product that is not there", async () => {
    const set = bed.as(operator.actor).features.set({ productId: newId(), features: [] });
    await expect(set).rejects.toMatchObject(refused("products.not_found"));
  });
});
