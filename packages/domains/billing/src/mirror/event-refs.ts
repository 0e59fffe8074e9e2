import type Stripe from "stripe";
import { z } from "zod";
import type { StripeRef } from "@turnpike/core";

// An event's payload may have the shape of any API version and be of objects that we never made: only ids are taken.
const id = z.union([z.string().min(1), z.object({ id: z.string().min(1) }).transform((object) => object.id)]);
const optionalId = id.nullish().catch(null);

const Payload = z.object({
  object: z.string().catch(""),
  id: z.string().min(1).nullish().catch(null),
  subscription: optionalId,
  customer: optionalId,
  invoice: optionalId,
  parent: z
    .object({ subscription_details: z.object({ subscription: optionalId }).nullish().catch(null) })
    .nullish()
    .catch(null),
});

/** The kinds of object that an event can name. */
export type MirroredObject = "customer" | "subscription" | "invoice" | "checkout.session";

/**
 * The objects of one kind that an event touches. An invoice names its subscription by `parent`, or by `subscription` in
 * payloads from before 2025-03-31; `invoice.upcoming` is a preview and has no object of its own.
 */
export function refsOf(event: Stripe.Event, kind: MirroredObject): StripeRef[] {
  const payload = Payload.safeParse(event.data.object).data;
  if (!payload) return [];
  return idsOf(event.type, payload, kind).map((found) => ({ object: kind, id: found }));
}

function idsOf(type: string, payload: z.output<typeof Payload>, kind: MirroredObject): string[] {
  const own = payload.object === kind ? payload.id : null;
  switch (kind) {
    case "subscription":
      return present(own ?? payload.parent?.subscription_details?.subscription ?? payload.subscription);
    case "invoice":
      if (type === "invoice.upcoming") return [];
      return present(own ?? (type.startsWith("invoice_payment.") ? payload.invoice : null));
    case "customer":
    case "checkout.session":
      return present(own);
    default:
      return kind satisfies never;
  }
}

function present(found: string | null | undefined): string[] {
  return found === null || found === undefined ? [] : [found];
}

const Ended = z.object({
  status: z.enum(["canceled", "incomplete_expired"]),
  ended_at: z.number().nullish().catch(null),
  canceled_at: z.number().nullish().catch(null),
});

/** How a subscription ended, when an event's own payload says so; null for any other event. */
export function endInPayload(event: Stripe.Event): { status: string; endedAt: Date } | null {
  const ended = Ended.safeParse(event.data.object).data;
  if (!ended || !event.type.startsWith("customer.subscription.")) return null;
  return { status: ended.status, endedAt: new Date((ended.ended_at ?? ended.canceled_at ?? event.created) * 1000) };
}
