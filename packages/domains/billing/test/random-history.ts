import type Stripe from "stripe";
import type { TestUser } from "@turnpike/testing";
import type { BillingBed } from "./billing-bed.ts";
import { deliver, eventsOf } from "./deliver.ts";

/** What a history is played on. `random` gives numbers in [0, 1) that follow from the seed. */
export interface Scene {
  bed: BillingBed;
  user: TestUser;
  customer: string;
  addOnPriceId: string;
  random(): number;
}

/** Numbers in [0, 1) that follow from a seed. Source: mulberry32, public domain. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function pick<T>(scene: Pick<Scene, "random">, choices: readonly [T, ...T[]]): T {
  return choices[Math.floor(scene.random() * choices.length)] ?? choices[0];
}

/** Events on their way: some come twice, in any order, several at once. */
export function createDeliveries(scene: Scene): { some(): Promise<void>; all(): Promise<void> } {
  const seen = new Set<string>();
  const pending: Stripe.Event[] = [];
  const collect = async () => {
    for (const event of await eventsOf(scene.bed, scene.customer)) {
      if (seen.has(event.id)) continue;
      seen.add(event.id);
      pending.push(event, ...(scene.random() < 0.3 ? [event] : []));
    }
  };
  const take = (count: number) =>
    Array.from({ length: count }, () => pending.splice(Math.floor(scene.random() * pending.length), 1)).flat();
  const send = async (batch: Stripe.Event[]) => {
    if (scene.random() < 0.5) return void (await Promise.all(batch.map((event) => deliver(scene.bed, event))));
    for (const event of batch) await deliver(scene.bed, event);
  };
  return {
    async some() {
      await collect();
      await send(take(Math.floor(scene.random() * pending.length)));
    },
    async all() {
      await collect();
      await send(take(pending.length));
    },
  };
}

type Action = (scene: Scene, subscription: Stripe.Subscription) => Promise<unknown>;

const update =
  (params: (scene: Scene) => Stripe.SubscriptionUpdateParams): Action =>
  (scene, { id }) =>
    scene.bed.stripe.subscriptions.update(id, params(scene));

const inDays = ({ bed }: Scene, days: number) => Math.floor(bed.local.now().getTime() / 1000) + days * 86_400;

/** Does something by our own procedure to the organization's newest subscription, if we know one already. */
const byOurs =
  (change: (caller: ReturnType<BillingBed["as"]>["billing"], subscriptionId: string) => Promise<unknown>): Action =>
  async ({ bed, user }) => {
    const { billing } = bed.as(user);
    const [known] = (await billing.subscriptions.list()).items;
    if (known) await change(billing, known.id);
  };

/** What people, Stripe's dashboard, its portal and its clock do. */
export const actions: Record<string, Action> = {
  "time goes on": (scene) => scene.bed.advance(pick(scene, [1, 5, 12, 31])),
  "a month goes on": (scene) => scene.bed.advance(31),
  "canceled by the flag": update(() => ({ cancel_at_period_end: true })),
  "canceled by a date": update((scene) => ({ cancel_at: inDays(scene, 3) })),
  "canceled now": ({ bed }, { id }) => bed.stripe.subscriptions.cancel(id),
  "end taken back": update(() => ({ cancel_at: "" })),
  paused: update((scene) => ({ pause_collection: { behavior: pick(scene, ["void", "keep_as_draft"]) } })),
  "pause ended": update(() => ({ pause_collection: "" })),
  "add-on bought": update(({ addOnPriceId }) => ({ items: [{ price: addOnPriceId }], proration_behavior: "none" })),
  async "add-on dropped"({ bed, addOnPriceId }, { id, items }) {
    const addOn = items.data.find(({ price }) => price.id === addOnPriceId);
    const drop = addOn ? [{ id: addOn.id, deleted: true }] : [];
    await bed.stripe.subscriptions.update(id, { items: drop, proration_behavior: "none" });
  },
  async "open invoice paid"({ bed, customer }) {
    const [open] = (await bed.stripe.invoices.list({ customer, status: "open" })).data;
    if (!open) return;
    const card = await bed.stripe.paymentMethods.attach("pm_card_visa", { customer });
    await bed.stripe.invoices.pay(open.id, { payment_method: card.id });
  },
  "we cancel": byOurs((billing, subscriptionId) => billing.subscriptions.cancel({ subscriptionId, at: "period_end" })),
  "we cancel now": byOurs((billing, subscriptionId) => billing.subscriptions.cancel({ subscriptionId, at: "now" })),
  "we resume": byOurs((billing, subscriptionId) => billing.subscriptions.resume({ subscriptionId })),
  "access asked": byOurs((billing) => billing.access.check({ feature: "exports" })),
};
