import { afterAll, beforeAll, expect, test } from "vitest";
import { idOf, inDays, payPage, startBench, subscribed, type Bench } from "./fixture.ts";
import { differences, readDeclarations } from "./sdk-types.ts";

let bench: Bench;
let bought: Awaited<ReturnType<typeof subscribed>>;
beforeAll(async () => {
  bench = await startBench();
  bought = await subscribed(bench);
});
afterAll(() => bench.stop());

/** The raw JSON of an answer: the SDK itself turns decimals into objects and adds lastResponse. */
async function raw(path: string, form?: Record<string, string>): Promise<unknown> {
  const response = await fetch(`${bench.local.url}/v1/${path}`, {
    method: form === undefined ? "GET" : "POST",
    headers: { authorization: `Bearer ${bench.local.secretKey}` },
    ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
  });
  return response.json();
}

test("the reader of the SDK's declarations sees required, optional and nested fields", () => {
  const declarations = readDeclarations("Subscriptions");
  expect(declarations.get("Subscription")?.get("status_details")?.isOptional).toBe(true);
  expect([...(declarations.get("Subscription") ?? [])].filter(([, field]) => !field.isOptional)).toHaveLength(46);
  expect(declarations.get("Subscription.PauseCollection")?.get("resumes_at")?.isOptional).toBe(false);
  expect(differences(declarations, "Subscription.PauseCollection", { behavior: "void", extra: 1 })).toEqual([
    "Subscription.PauseCollection.resumes_at is missing",
    "Subscription.PauseCollection.extra is unknown",
  ]);
});

const cases: [
  name: string,
  resource: string,
  path: () => string | Promise<string>,
  pick?: (value: unknown) => unknown,
][] = [
  ["Customer", "Customers", () => `customers/${bought.customer.id}`],
  ["Product", "Products", () => `products/${idOf(bought.price.product)}`],
  ["Price", "Prices", () => `prices/${bought.price.id}`],
  ["Subscription", "Subscriptions", () => `subscriptions/${bought.subscription.id}`],
  ["SubscriptionItem", "SubscriptionItems", () => `subscription_items/${bought.subscription.items.data[0]?.id}`],
  ["Invoice", "Invoices", () => `invoices/${idOf(bought.subscription.latest_invoice)}`],
  ["InvoiceLineItem", "InvoiceLineItems", () => `invoices/${idOf(bought.subscription.latest_invoice)}/lines`, first],
  ["InvoicePayment", "InvoicePayments", () => "invoice_payments", first],
  ["Session", "Checkout/Sessions", () => `checkout/sessions/${bought.session.id}`],
  ["LineItem", "LineItems", () => `checkout/sessions/${bought.session.id}/line_items`, first],
  ["PaymentIntent", "PaymentIntents", () => "payment_intents", first],
  ["Charge", "Charges", () => "charges", first],
  ["PaymentMethod", "PaymentMethods", () => `payment_methods?customer=${bought.customer.id}`, first],
  ["EventBase", "Events", () => "events", envelope],
  ["WebhookEndpoint", "WebhookEndpoints", () => "webhook_endpoints", first],
];

test.each(cases)(
  "%s has the fields of the installed SDK, no more and no less",
  async (name, resource, path, pick = same) => {
    expect(differences(readDeclarations(resource), interfaceOf(name, resource), pick(await raw(await path())))).toEqual(
      [],
    );
  },
);

test("the plan inside an item has the fields of the installed SDK", async () => {
  const item = await raw(`subscription_items/${bought.subscription.items.data[0]?.id}`);
  expect(differences(readDeclarations("Plans"), "Plan", fieldOf(item, "plan"))).toEqual([]);
});

test("objects that a call makes have the fields of the installed SDK", async () => {
  const customer = { customer: bought.customer.id };
  const made: [string, string, unknown][] = [
    ["Session", "BillingPortal/Sessions", await raw("billing_portal/sessions", customer)],
    [
      "Configuration",
      "BillingPortal/Configurations",
      await raw("billing_portal/configurations", { "features[invoice_history][enabled]": "true" }),
    ],
    ["SetupIntent", "SetupIntents", await raw("setup_intents", customer)],
    ["Coupon", "Coupons", await raw("coupons", { id: "half", percent_off: "50", duration: "forever" })],
    [
      "PromotionCode",
      "PromotionCodes",
      await raw("promotion_codes", { "promotion[type]": "coupon", "promotion[coupon]": "half" }),
    ],
    [
      "Subscription",
      "Subscriptions",
      await raw("subscriptions", {
        ...customer,
        "items[0][price]": bought.price.id,
        "discounts[0][coupon]": "half",
        default_payment_method: await cardOf(),
      }),
    ],
    [
      "PaymentIntent",
      "PaymentIntents",
      await raw("payment_intents", {
        amount: "500",
        currency: "usd",
        payment_method: "pm_card_authenticationRequired",
        confirm: "true",
      }),
    ],
    [
      "SubscriptionSchedule",
      "SubscriptionSchedules",
      await raw("subscription_schedules", { from_subscription: bought.subscription.id }),
    ],
    ["Refund", "Refunds", await raw("refunds", { payment_intent: await paidIntent() })],
  ];
  for (const [name, resource, value] of made) {
    expect(
      differences(readDeclarations(resource), interfaceOf(name, resource), value),
      `${resource}: ${JSON.stringify(value)}`,
    ).toEqual([]);
  }
});

test("snapshots in events have the fields of the installed SDK, declines and renewals too", async () => {
  const failing = await subscribed(bench, { card: "4000000000000341" });
  await payPage(bench.local, failing.session.id);
  await bench.local.advance(inDays(bench.local, 33));
  const names: Record<string, [string, string]> = {
    subscription: ["Subscription", "Subscriptions"],
    invoice: ["Invoice", "Invoices"],
    charge: ["Charge", "Charges"],
    payment_intent: ["PaymentIntent", "PaymentIntents"],
    invoice_payment: ["InvoicePayment", "InvoicePayments"],
    customer: ["Customer", "Customers"],
    invoiceitem: ["InvoiceItem", "InvoiceItems"],
    discount: ["Discount", "Discounts"],
    refund: ["Refund", "Refunds"],
  };
  const page = await raw("events?limit=100");
  const wrong = listOf(page).flatMap((event) => {
    const object = fieldOf(fieldOf(event, "data"), "object");
    const known = names[String(fieldOf(object, "object"))];
    return known === undefined
      ? []
      : differences(readDeclarations(known[1]), known[0], object, String(fieldOf(event, "type")));
  });
  expect(wrong).toEqual([]);
  expect(listOf(page).map((event) => fieldOf(event, "type"))).toContain("invoice.payment_failed");
});

async function cardOf(): Promise<string> {
  return String(fieldOf(first(await raw(`payment_methods?customer=${bought.customer.id}`)), "id"));
}

async function paidIntent(): Promise<string> {
  return String(
    fieldOf(
      await raw("payment_intents", { amount: "500", currency: "usd", payment_method: "pm_card_visa", confirm: "true" }),
      "id",
    ),
  );
}

/** Namespaced resources qualify their interfaces; the others stand at the top of their file. */
function interfaceOf(name: string, resource: string): string {
  const declarations = readDeclarations(resource);
  return declarations.has(name) ? name : `${resource.split("/")[0]}.${name}`;
}

/** The snapshot inside is of another kind and has a test of its own. */
function envelope(value: unknown): unknown {
  const event = first(value);
  return typeof event === "object" && event !== null ? { ...event, data: { object: {} } } : event;
}

function same(value: unknown): unknown {
  return value;
}

function first(value: unknown): unknown {
  return listOf(value)[0];
}

function listOf(value: unknown): unknown[] {
  const data = fieldOf(value, "data");
  return Array.isArray(data) ? data : [];
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;
}
