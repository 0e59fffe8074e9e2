import type { PaymentMethod } from "../model/payments.ts";

/** What a bank does with a charge. */
export type Reaction = "succeeds" | "declined" | "needs_action";
/** The circumstances of a charge: a field of CardBehavior. */
export type Occasion = "page" | "api" | "later";

/** How a test card behaves, by its last four digits: they are all that a stored card remembers of its number. */
export interface CardBehavior {
  /** Number a person would type, and the `pm_card_…` name a program uses. */
  number: string;
  name: string;
  brand: "visa" | "mastercard";
  /** What it does when the customer pays on a page, when the first payment comes by API, and at each later charge. */
  page: Reaction;
  api: Reaction;
  later: Reaction;
  declineCode: string;
}

/** The cards of docs.stripe.com/testing that this server plays. */
export const testCards: readonly CardBehavior[] = [
  {
    number: "4242424242424242",
    name: "pm_card_visa",
    brand: "visa",
    page: "succeeds",
    api: "succeeds",
    later: "succeeds",
    declineCode: "",
  },
  {
    number: "5555555555554444",
    name: "pm_card_mastercard",
    brand: "mastercard",
    page: "succeeds",
    api: "succeeds",
    later: "succeeds",
    declineCode: "",
  },
  {
    number: "4000000000000002",
    name: "pm_card_chargeDeclined",
    brand: "visa",
    page: "declined",
    api: "declined",
    later: "declined",
    declineCode: "generic_decline",
  },
  {
    number: "4000000000009995",
    name: "pm_card_chargeDeclinedInsufficientFunds",
    brand: "visa",
    page: "declined",
    api: "declined",
    later: "declined",
    declineCode: "insufficient_funds",
  },
  {
    number: "4000002500003155",
    name: "pm_card_authenticationRequiredOnSetup",
    brand: "visa",
    page: "needs_action",
    api: "needs_action",
    later: "succeeds",
    declineCode: "",
  },
  {
    number: "4000002760003184",
    name: "pm_card_authenticationRequired",
    brand: "visa",
    page: "needs_action",
    api: "needs_action",
    later: "needs_action",
    declineCode: "authentication_required",
  },
  // At Stripe this card attaches and then every charge fails; on the page its first payment works here, so that a renewal can fail.
  {
    number: "4000000000000341",
    name: "pm_card_chargeCustomerFail",
    brand: "visa",
    page: "succeeds",
    api: "declined",
    later: "declined",
    declineCode: "generic_decline",
  },
];

/** The behavior of the card with this number (spaces are ignored) or this `pm_card_…` name; undefined when there is none. */
export function findTestCard(numberOrName: string): CardBehavior | undefined {
  const plain = numberOrName.replaceAll(/\s/g, "");
  return testCards.find((card) => card.number === plain || card.name === plain);
}

/** The behavior of a stored card; cards of unknown digits work. */
export function behaviorOf(method: PaymentMethod): CardBehavior {
  const last4 = method.card?.last4 ?? "";
  const [works] = testCards;
  const found = testCards.find((card) => card.number.endsWith(last4)) ?? works;
  if (found === undefined) throw new Error("there are no test cards");
  return found;
}
