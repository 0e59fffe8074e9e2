import { describe, expect, test } from "vitest";
import type { AccessFacts } from "../src/access-facts.ts";
import { decideAccess } from "../src/access-rule.ts";
import { at, day, factsOf, featureOf, grantOf, hour, momentOf, start, subscriptionOf } from "./facts.ts";

const now = start + day;
const unlimited = { key: "seats", kind: "limit" as const, limit: null };

function decide(facts: Partial<AccessFacts>, feature = "exports") {
  return decideAccess(factsOf(facts), feature, momentOf(now));
}

describe("the union", () => {
  test("an ended subscription does not hide an active one, in whatever order they come", () => {
    const ended = subscriptionOf({ id: "1", status: "canceled" });
    const active = subscriptionOf({ id: "2" });
    for (const subscriptions of [
      [ended, active],
      [active, ended],
    ]) {
      expect(decide({ subscriptions })).toMatchObject({ granted: true, source: { kind: "subscription", id: "2" } });
    }
  });

  test("the highest limit counts", () => {
    const subscriptions = [
      subscriptionOf({ id: "1", features: [featureOf("seats", 5)] }),
      subscriptionOf({ id: "2", features: [featureOf("seats", 20)] }),
    ];
    expect(decide({ subscriptions }, "seats")).toMatchObject({ limit: 20, source: { id: "2" } });
  });

  test("no limit is higher than any", () => {
    const subscriptions = [
      subscriptionOf({ id: "1", features: [unlimited] }),
      subscriptionOf({ id: "2", features: [featureOf("seats", 20)] }),
    ];
    expect(decide({ subscriptions }, "seats")).toMatchObject({ limit: null, source: { id: "1" } });
  });

  test("a limit that was lost does not count", () => {
    const subscriptions = [
      subscriptionOf({ id: "1", status: "unpaid", features: [featureOf("seats", 50)] }),
      subscriptionOf({ id: "2", features: [featureOf("seats", 3)] }),
    ];
    expect(decide({ subscriptions }, "seats")).toMatchObject({ limit: 3 });
  });

  test("access lasts as long as whatever lasts longest", () => {
    const subscriptions = [subscriptionOf({ cancelAt: at(start + 3 * day) })];
    expect(decide({ subscriptions, grants: [grantOf({ expiresAt: at(start + 9 * day) })] }).until).toEqual(
      at(start + 9 * day),
    );
    expect(decide({ subscriptions, grants: [grantOf({})] }).until).toBeNull();
  });

  test("one sure source makes the answer sure", () => {
    const overdue = subscriptionOf({ id: "1", currentPeriodEnd: at(now - 2 * hour) });
    expect(decide({ subscriptions: [overdue] }).stale).toBe(true);
    expect(decide({ subscriptions: [overdue, subscriptionOf({ id: "2" })] })).toMatchObject({
      stale: false,
      source: { id: "2" },
    });
  });
});

describe("a refusal", () => {
  test("names what the customer can mend rather than what is past", () => {
    const subscriptions = [
      subscriptionOf({ id: "1", status: "canceled" }),
      subscriptionOf({ id: "2", status: "unpaid" }),
      subscriptionOf({ id: "3", status: "incomplete_expired" }),
    ];
    expect(decide({ subscriptions, grants: [grantOf({ revokedAt: at(start) })] })).toMatchObject({
      granted: false,
      reason: "unpaid",
      source: { kind: "subscription", id: "2" },
      limit: null,
      until: null,
    });
  });

  test("of a feature that is in no plan of the organization says so", () => {
    expect(decide({ subscriptions: [subscriptionOf({})] }, "seats").reason).toBe("feature_not_in_plan");
  });

  test("without anything running says that there is no subscription", () => {
    expect(decide({}, "seats").reason).toBe("no_subscription");
    expect(decide({ subscriptions: [subscriptionOf({ status: "canceled" })] }, "seats").reason).toBe("no_subscription");
  });

  test("of a feature that does not exist says so", () => {
    expect(decide({ subscriptions: [subscriptionOf({})] }, "teleport").reason).toBe("unknown_feature");
  });

  test("comes from an item whose price nobody knows", () => {
    const subscriptions = [subscriptionOf({ features: [], unknownPrices: ["price_x"] })];
    expect(decide({ subscriptions })).toMatchObject({ granted: false, reason: "feature_not_in_plan" });
  });
});
