import { afterAll, beforeAll, expect, test } from "vitest";
import type { TestUser } from "@turnpike/testing";
import type { BillingBed } from "./billing-bed.ts";
import { makePlan, returns, startBillingBed } from "./billing-bed.ts";

let bed: BillingBed;
let user: TestUser;

// What is read back comes in Stripe's order, the newest first, and so do the ids that it gets here.
beforeAll(async () => {
  bed = await startBillingBed();
  user = await bed.app.createUser();
  for (const lookupKey of ["first", "second"]) {
    await makePlan(bed, lookupKey);
    const { url } = await bed.as(user).billing.checkout.start({ lookupKey, ...returns });
    await bed.pay(url);
    await bed.advance(1);
  }
  await bed.advance(32);
  await bed.as(bed.operator).billing.customers.sync({ organizationId: user.organizationId });
});
afterAll(() => bed.close());

interface Paged<T> {
  items: T[];
  nextCursor: string | null;
}

async function readAll<T>(list: (cursor: string | null) => Promise<Paged<T>>): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  do {
    const page: Paged<T> = await list(cursor);
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return items;
}

const falling = (dates: Date[]) => dates.toSorted((a, b) => b.getTime() - a.getTime());

test("invoices that were read back later are listed from the newest, page by page", async () => {
  const { invoices } = bed.as(user).billing;
  const dates = (await readAll((cursor) => invoices.list({ cursor, limit: 1 }))).map(({ invoicedAt }) => invoicedAt);
  expect(dates).toHaveLength(4);
  expect(dates).toEqual(falling(dates));
});

test("subscriptions that were read back later are listed from the newest, page by page", async () => {
  const { subscriptions } = bed.as(user).billing;
  const dates = (await readAll((cursor) => subscriptions.list({ cursor, limit: 1 }))).map(({ startedAt }) => startedAt);
  expect(dates).toHaveLength(2);
  expect(dates).toEqual(falling(dates));
});
