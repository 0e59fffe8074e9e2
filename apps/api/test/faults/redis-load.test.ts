import type Stripe from "stripe";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { allEvents, makeCustomers, mirrored, newsOf } from "./customers.ts";
import type { Customer } from "./customers.ts";
import { missing, startFaultBed } from "./fault-bed.ts";
import type { Answer, FaultBed } from "./fault-bed.ts";
import { inParallel, percentile, shuffled } from "./load.ts";
import { eventCounts, expectCalmLog, untilWorkedOff } from "./look.ts";

const distinct = 1800;
const repeated = 200;
const width = 24;
let bed: FaultBed;
let customers: Customer[];

beforeAll(async () => {
  if (missing) return;
  bed = await startFaultBed();
  customers = await makeCustomers(bed, 20);
});
beforeEach((ctx) => {
  if (missing) ctx.skip(missing);
});
afterAll(() => bed?.close());

/** What Stripe has told of, filled up with more news of the same subscriptions, a tenth of it twice, in any order. */
async function deliveries(): Promise<object[]> {
  const real: object[] = await allEvents(bed.stripe);
  const subscriptions = await bed.stripe.subscriptions.list({ limit: 100 });
  const more = Array.from({ length: distinct - real.length }, (_, place) => {
    const subscription = subscriptions.data[place % subscriptions.data.length];
    if (!subscription) throw new Error("there is no subscription");
    return newsOf(subscription, `evt_more_${place}`);
  });
  const events = shuffled([...real, ...more]);
  return shuffled([...events, ...events.slice(0, repeated)]);
}

/** What happens while they are delivered, by how many have been begun. */
function faultAt(count: number): Promise<unknown> | undefined {
  switch (count) {
    case 300:
    case 1500:
      return bed.redis.kill();
    case 600:
    case 1550:
      return bed.redis.restart();
    case 1000:
      return bed.redis.command("CLIENT PAUSE 3000 ALL");
    default:
      return undefined;
  }
}

/** Stripe changes half of the subscriptions meanwhile, one each time. */
async function changeOne(count: number): Promise<Stripe.Subscription | undefined> {
  const customer = count % 100 === 50 ? customers[Math.floor(count / 100)] : undefined;
  if (!customer) return undefined;
  return bed.stripe.subscriptions.update(customer.subscriptionId, { cancel_at_period_end: true });
}

test("2 000 deliveries, a tenth of them repeats, while Redis is killed, restarted and frozen: all stored, each effect once", async () => {
  const all = await deliveries();
  expect(all).toHaveLength(distinct + repeated);
  const faults: Promise<unknown>[] = [];
  const answers = await inParallel(all, width, async (event, place): Promise<Answer> => {
    const fault = faultAt(place);
    if (fault) faults.push(fault);
    const answer = await bed.deliver(event);
    const changed = await changeOne(place);
    if (changed) await bed.deliver(newsOf(changed, `evt_changed_${place}`));
    return answer;
  });
  await Promise.all(faults);
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  const durations = answers.map(({ durationMs }) => durationMs);
  // Stripe waits for longer.
  expect(percentile(durations, 0.99)).toBeLessThan(5000);
  await untilWorkedOff(bed);
  const stored = await bed.owner.selectFrom("private.webhook_inbox").select(["event_id", "status"]).execute();
  expect(stored).toHaveLength(distinct + customers.length);
  expect(new Set(stored.map(({ status }) => status))).not.toContain("dead");
  await expectEachEffectOnce();
  expectCalmLog(bed);
});

async function expectEachEffectOnce(): Promise<void> {
  const truth = await bed.stripe.subscriptions.list({ limit: 100 });
  const expected = new Map<string, unknown>();
  for (const { id, status, cancel_at_period_end, cancel_at } of truth.data)
    expected.set(id, { status, isEnding: cancel_at_period_end || cancel_at !== null });
  expect(await mirrored(bed)).toEqual(expected);
  const counts = await eventCounts(bed, "stripeSubscriptionId");
  for (const { id } of truth.data) {
    expect(counts.get(`billing.subscription_created ${id}`)).toBe(1);
    expect(counts.get(`billing.subscription_activated ${id}`)).toBe(1);
    expect(counts.get(`billing.subscription_cancel_scheduled ${id}`) ?? 0).toBeLessThanOrEqual(1);
    expect(counts.get(`billing.invoice_paid ${id}`)).toBe(1);
  }
}
