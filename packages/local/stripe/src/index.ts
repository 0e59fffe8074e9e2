export { startStripe, type LocalStripe } from "./start-stripe.ts";
export type { StripeOptions } from "./options.ts";
