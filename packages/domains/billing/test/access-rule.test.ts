import { describe, expect, test } from "vitest";
import { AccessReason, accessRules } from "../src/access-reasons.ts";
import { decideAccess } from "../src/access-rule.ts";
import { at, day, factsOf, featureOf, grantOf, hour, momentOf, second, start, subscriptionOf } from "./facts.ts";
import type { Row } from "./facts.ts";

const periodEnd = start + 30 * day;
const trialEnd = start + 14 * day;
const pastDueSince = start;
const graceEnd = start + 7 * day;
const trial: Row = { status: "trialing", trialEnd: at(trialEnd), currentPeriodEnd: at(trialEnd) };
const canceling: Row = { cancelAtPeriodEnd: true };
const ending: Row = { cancelAt: at(start + 3 * day) };
const pastDue: Row = { status: "past_due", pastDueSince: at(pastDueSince) };
const paused: Row = { pauseBehavior: "void", pauseBeganAt: at(start + day) };
const rolled: Row = { ...paused, currentPeriodStart: at(periodEnd), currentPeriodEnd: at(periodEnd + 30 * day) };

type Case = [name: string, row: Row, now: number, granted: boolean, reason: AccessReason, until: number | null];

// One row per status of Stripe, and per boundary one second before, at it, and one second after.
const cases: Case[] = [
  ["active", {}, start + day, true, "subscription_active", null],
  ["incomplete", { status: "incomplete" }, start + 1, false, "incomplete", null],
  ["incomplete_expired", { status: "incomplete_expired" }, start + day, false, "incomplete_expired", null],
  ["unpaid", { status: "unpaid" }, start + day, false, "unpaid", null],
  ["paused", { status: "paused" }, start + day, false, "paused", null],
  ["canceled", { status: "canceled", endedAt: at(start) }, start + day, false, "subscription_ended", null],
  ["canceled without a date", { status: "canceled" }, start + day, false, "subscription_ended", null],
  ["a status nobody knows", { status: "suspended" }, start + day, false, "unknown_status", null],

  ["trial, 1 s before its end", trial, trialEnd - second, true, "trialing", trialEnd],
  ["trial, at its end", trial, trialEnd, true, "trial_end_unconfirmed", trialEnd + hour],
  ["trial, 1 s after its end", trial, trialEnd + second, true, "trial_end_unconfirmed", trialEnd + hour],
  ["trial, 1 s before the hour", trial, trialEnd + hour - second, true, "trial_end_unconfirmed", trialEnd + hour],
  ["trial, at the hour", trial, trialEnd + hour, false, "trial_over", null],
  ["trial, 1 s after the hour", trial, trialEnd + hour + second, false, "trial_over", null],
  ["trial that is canceled, 1 s before", { ...trial, ...canceling }, trialEnd - second, true, "trialing", trialEnd],
  ["trial that is canceled, at its end", { ...trial, ...canceling }, trialEnd, false, "subscription_ended", null],

  ["canceling by the flag, 1 s before", canceling, periodEnd - second, true, "subscription_active", periodEnd],
  ["canceling by the flag, at the end", canceling, periodEnd, false, "subscription_ended", null],
  ["canceling by the flag, 1 s after", canceling, periodEnd + second, false, "subscription_ended", null],
  ["canceling by date, 1 s before", ending, start + 3 * day - second, true, "subscription_active", start + 3 * day],
  ["canceling by date, at the date", ending, start + 3 * day, false, "subscription_ended", null],
  ["ended, 1 s before", { endedAt: at(start + day) }, start + day - second, true, "subscription_active", start + day],
  ["ended, at the moment", { endedAt: at(start + day) }, start + day, false, "subscription_ended", null],

  ["past due, at the first moment", pastDue, pastDueSince, true, "payment_grace", graceEnd],
  ["past due, 1 s before the grace ends", pastDue, graceEnd - second, true, "payment_grace", graceEnd],
  ["past due, as the grace ends", pastDue, graceEnd, false, "payment_grace_over", null],
  ["past due, 1 s after the grace", pastDue, graceEnd + second, false, "payment_grace_over", null],
  ["past due, no moment known", { ...pastDue, pastDueSince: null }, start, false, "payment_grace_over", null],
  ["past due and canceling", { ...pastDue, ...ending }, start + day, true, "payment_grace", start + 3 * day],

  ["renewal due, at the period's end", {}, periodEnd, true, "subscription_active", null],
  ["renewal due, at the hour", {}, periodEnd + hour, true, "subscription_active", null],
  ["overdue by 1 s", {}, periodEnd + hour + second, true, "renewal_unconfirmed", periodEnd + 72 * hour],
  ["overdue, at 72 hours", {}, periodEnd + 72 * hour, true, "renewal_unconfirmed", periodEnd + 72 * hour],
  ["overdue, 1 s after 72 hours", {}, periodEnd + 72 * hour + second, false, "renewal_missing", null],

  ["void pause, 1 s before the period ends", paused, periodEnd - second, true, "subscription_active", periodEnd],
  ["void pause, as the period ends", paused, periodEnd, false, "pause_collection", null],
  ["void pause, in a period that is void", rolled, periodEnd + second, false, "pause_collection", null],
  [
    "void pause, until it resumes",
    { ...rolled, pauseResumesAt: at(periodEnd + day) },
    periodEnd + day,
    true,
    "subscription_active",
    null,
  ],
  [
    "void pause, 1 s before it resumes",
    { ...rolled, pauseResumesAt: at(periodEnd + day) },
    periodEnd + day - second,
    false,
    "pause_collection",
    null,
  ],
  ["drafts kept", { ...rolled, pauseBehavior: "keep_as_draft" }, periodEnd + day, true, "subscription_active", null],
  [
    "uncollectible",
    { ...rolled, pauseBehavior: "mark_uncollectible" },
    periodEnd + day,
    true,
    "subscription_active",
    null,
  ],
  ["a pause nobody knows", { ...rolled, pauseBehavior: "hibernate" }, periodEnd + day, false, "pause_collection", null],
];

test.each(cases)("%s", (_name, row, now, granted, reason, until) => {
  const decision = decideAccess(factsOf({ subscriptions: [subscriptionOf(row)] }), "exports", momentOf(now));
  expect(decision).toMatchObject({ granted, reason, until: until === null ? null : at(until) });
  expect(decision.stale).toBe(reason === "renewal_unconfirmed" || reason === "trial_end_unconfirmed");
});

describe("what Stripe has just confirmed", () => {
  test("an overdue renewal is granted without doubt", () => {
    const moment = momentOf(periodEnd + 100 * hour, { confirmed: ["sub_1"] });
    const decision = decideAccess(factsOf({ subscriptions: [subscriptionOf({})] }), "exports", moment);
    expect(decision).toMatchObject({ granted: true, stale: false, reason: "subscription_active" });
  });

  test("a trial is not kept longer than its hour", () => {
    const moment = momentOf(trialEnd + hour, { confirmed: ["sub_1"] });
    expect(decideAccess(factsOf({ subscriptions: [subscriptionOf(trial)] }), "exports", moment).granted).toBe(false);
  });
});

test.each([0, 3, 7, 14, 21])("grace of %i days ends to the second", (paymentGraceDays) => {
  const facts = factsOf({ subscriptions: [subscriptionOf(pastDue)] });
  const end = pastDueSince + paymentGraceDays * day;
  const grantedAt = (now: number) => decideAccess(facts, "exports", momentOf(now, { paymentGraceDays })).granted;
  const lastMoment = Math.max(pastDueSince, end - second);
  expect([grantedAt(lastMoment), grantedAt(end), grantedAt(end + second)]).toEqual([
    paymentGraceDays > 0,
    false,
    false,
  ]);
});

describe("grants by hand", () => {
  const grantedAt = (now: number, changes: Parameters<typeof grantOf>[0]) =>
    decideAccess(factsOf({ grants: [grantOf(changes)] }), "exports", momentOf(now));

  test("hold until 1 s before their end, and not at it", () => {
    const expiring = { expiresAt: at(start + day) };
    expect(grantedAt(start + day - second, expiring)).toMatchObject({
      reason: "granted_by_hand",
      until: at(start + day),
    });
    expect(grantedAt(start + day, expiring)).toMatchObject({ granted: false, reason: "grant_expired" });
  });

  test("end when they are revoked", () => {
    expect(grantedAt(start + day, { revokedAt: at(start + day) })).toMatchObject({ reason: "grant_revoked" });
  });

  test("without an end stay", () => {
    expect(grantedAt(start + 9999 * day, {})).toMatchObject({ granted: true, until: null });
  });
});

test("every reason has a rule with a text and something that would change it", () => {
  for (const reason of AccessReason.options) {
    expect(accessRules[reason].text).toMatch(/\.$/);
    expect(accessRules[reason].wouldChange.length).toBeGreaterThan(0);
  }
  expect(featureOf("exports").kind).toBe("boolean");
});
