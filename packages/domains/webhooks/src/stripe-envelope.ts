import { z } from "zod";

// Stripe's ids and type names are short printable ASCII; what is not would neither fit an index nor, with a NUL, a text column.
const Token = z.string().regex(/^[\x21-\x7e]{1,255}$/);

const lastSecondOfYear9999 = 253_402_300_799;

/**
 * What we rely on in an event before it is stored; the rest of the body passes unread.
 * `created` is Stripe's time in seconds. Source: https://docs.stripe.com/api/events/object.
 */
export const StripeEnvelope = z.object({
  object: z.literal("event"),
  id: Token,
  type: Token,
  created: z.number().int().min(0).max(lastSecondOfYear9999),
  livemode: z.boolean(),
  api_version: Token.nullish(),
  /** The connected account an event comes from; absent on the account's own events. */
  account: z.string().nullish(),
  /** What somebody asked of Stripe that led to it; its id is null where Stripe acted by itself. Only a hint. */
  request: z.object({ id: z.string().nullish() }).nullish().catch(null),
  data: z.object({ object: z.looseObject({}) }),
});
export type StripeEnvelope = z.output<typeof StripeEnvelope>;

/**
 * What an event is worked off together with: `customer:cus_…` where its object has or is a customer, else
 * `<object>:<id>`. A preview such as `invoice.upcoming` of nobody has no id and stands alone under the event's own.
 */
export function subjectOf(event: StripeEnvelope): string {
  const { object } = event.data;
  const kind = tokenOf(object["object"]);
  const id = tokenOf(object["id"]);
  const customer = kind === "customer" ? id : (tokenOf(object["customer"]) ?? idOf(object["customer"]));
  if (customer) return `customer:${customer}`;
  return kind && id ? `${kind}:${id}` : `event:${event.id}`;
}

/** Whether an event is of the other Stripe mode or of a connected account, so that our key cannot read its objects. */
export function isForeign(event: { livemode: boolean; account?: string | null | undefined }, isStripeLive: boolean) {
  return event.livemode !== isStripeLive || typeof event.account === "string";
}

function idOf(value: unknown): string | undefined {
  return typeof value === "object" && value !== null && "id" in value ? tokenOf(value.id) : undefined;
}

function tokenOf(value: unknown): string | undefined {
  const parsed = Token.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}
