import type { Ctx } from "../context.ts";
import { newId, randomText } from "../ids.ts";
import type { Customer } from "../model/objects.ts";

/** A customer with `settings` over Stripe's defaults. Not stored. */
export function newCustomer(ctx: Ctx, settings: Partial<Customer> = {}): Customer {
  return {
    id: newId("cus"),
    object: "customer",
    address: null,
    balance: 0,
    created: ctx.now,
    currency: null,
    customer_account: null,
    default_source: null,
    delinquent: false,
    description: null,
    discount: null,
    email: null,
    invoice_prefix: randomText(8).toUpperCase(),
    invoice_settings: { custom_fields: null, default_payment_method: null, footer: null, rendering_options: null },
    livemode: false,
    metadata: {},
    name: null,
    next_invoice_sequence: 1,
    phone: null,
    preferred_locales: [],
    shipping: null,
    tax_exempt: "none",
    test_clock: null,
    ...settings,
  };
}
