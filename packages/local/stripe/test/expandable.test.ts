import { expect, test } from "vitest";
import { expandable, includable } from "../src/http/expandable-fields.ts";
import { readDeclarations } from "./sdk-types.ts";

/** Kinds this server keeps, with their interface. Vendors' features that it does not have stay unexpanded. */
const kinds: [name: string, resource: string][] = [
  ["Subscription", "Subscriptions"],
  ["SubscriptionItem", "SubscriptionItems"],
  ["Invoice", "Invoices"],
  ["PaymentIntent", "PaymentIntents"],
  ["SetupIntent", "SetupIntents"],
  ["Charge", "Charges"],
  ["Customer", "Customers"],
  ["Price", "Prices"],
  ["Product", "Products"],
  ["Discount", "Discounts"],
];
const kept =
  /\b(Customer|Subscription|Invoice|PaymentIntent|SetupIntent|Charge|PaymentMethod|Price|Product|Discount|PromotionCode|Coupon)\b/;

test.each(kinds)(
  "every id of %s that the SDK types as expandable, and that is kept here, can be expanded",
  (name, resource) => {
    const fields = [...(readDeclarations(resource).get(name) ?? [])];
    const ids = fields.filter(([, field]) => /(^|<)string \| /.test(field.type) && kept.test(field.type));
    expect(ids.filter(([field]) => !expandable.has(field)).map(([field]) => field)).toEqual([]);
    expect(fields.length).toBeGreaterThan(5);
  },
);

test("what is absent unless asked for is optional in the SDK's types", () => {
  const found = [
    readDeclarations("Invoices").get("Invoice")?.get("payments"),
    readDeclarations("Customers").get("Customer")?.get("subscriptions"),
    readDeclarations("Charges").get("Charge")?.get("refunds"),
    readDeclarations("Checkout/Sessions").get("Checkout.Session")?.get("line_items") ??
      readDeclarations("Checkout/Sessions").get("Session")?.get("line_items"),
  ];
  expect(found.map((field) => field?.isOptional)).toEqual([true, true, true, true]);
  expect(Object.keys(includable)).toEqual(["customer", "invoice", "charge", "checkout.session"]);
});
