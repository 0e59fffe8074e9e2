import type Stripe from "stripe";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makePrice, makeSession, payPage, startBench, subscribed, type Bench } from "./fixture.ts";
import { differences, readDeclarations } from "./sdk-types.ts";

let bench: Bench;
let price: Stripe.Price;
beforeAll(async () => {
  bench = await startBench();
  price = await makePrice(bench.stripe);
});
afterAll(() => bench.stop());

/** A raw call, for what the SDK's types would not let through and for the fields as they travel. */
async function raw(method: string, path: string, body?: string): Promise<{ status: number; json: unknown }> {
  const response = await fetch(`${bench.local.url}/v1/${path}`, {
    method,
    headers: { authorization: `Bearer ${bench.local.secretKey}` },
    ...(body === undefined ? {} : { body }),
  });
  return { status: response.status, json: await response.json() };
}

/** What the session shows exactly as it was given. */
const shown = {
  billing_address_collection: "required",
  consent_collection: {
    payment_method_reuse_agreement: { position: "auto" },
    promotions: "none",
    terms_of_service: "required",
  },
  custom_fields: [
    {
      key: "size",
      label: { custom: "Size", type: "custom" },
      type: "dropdown",
      optional: true,
      dropdown: { options: [{ label: "Small", value: "s" }] },
    },
    { key: "note", label: { custom: "Note", type: "custom" }, type: "text", text: { maximum_length: 20 } },
  ],
  custom_text: { submit: { message: "Thank you" } },
  locale: "de",
  name_collection: { business: { enabled: true, optional: true } },
  payment_method_collection: "always",
  phone_number_collection: { enabled: true },
  saved_payment_method_options: { payment_method_save: "enabled" },
  submit_type: "subscribe",
  tax_id_collection: { enabled: true, required: "never" },
  automatic_tax: { enabled: true },
  after_expiration: { recovery: { enabled: true, allow_promotion_codes: true } },
  allowed_payment_method_types: ["card", "link"],
} satisfies Partial<Stripe.Checkout.SessionCreateParams>;

test("a session shows what Stripe's page would look like and ask, and can be paid", async () => {
  const customer = await bench.stripe.customers.create({ email: "ada@example.com" });
  const session = await makeSession(bench.stripe, price.id, {
    ...shown,
    customer: customer.id,
    ui_mode: "hosted_page",
    customer_update: { address: "auto", name: "auto" },
    payment_method_options: { card: { request_three_d_secure: "any" } },
    adaptive_pricing: { enabled: true },
  });
  expect(session).toMatchObject(shown);
  const { json } = await raw("GET", `checkout/sessions/${session.id}`);
  expect(differences(readDeclarations("Checkout/Sessions"), "Session", json)).toEqual([]);
  expect((await payPage(bench.local, session.id)).status).toBe(303);
});

test("a payment session shows the invoice it was asked for; without one it says that there is none", async () => {
  const once = await bench.stripe.prices.create({
    currency: "usd",
    unit_amount: 500,
    product_data: { name: "Book" },
  });
  const asked = await makeSession(bench.stripe, once.id, {
    mode: "payment",
    invoice_creation: { enabled: true, invoice_data: { footer: "Bye", metadata: { a: "1" } } },
  });
  expect(asked.invoice_creation).toMatchObject({
    enabled: true,
    invoice_data: { footer: "Bye", metadata: { a: "1" } },
  });
  const { json } = await raw("GET", `checkout/sessions/${asked.id}`);
  expect(differences(readDeclarations("Checkout/Sessions"), "Session", json)).toEqual([]);
  const plain = await makeSession(bench.stripe, once.id, { mode: "payment" });
  expect(plain.invoice_creation?.enabled).toBe(false);
});

test.each([
  ["payment_method_types[0]=card", "payment_method_types", "allowed_payment_method_types"],
  ["color=red", "color", "Received unknown parameter: color"],
  ["custom_fields[0][color]=red", "custom_fields[0][color]", "Received unknown parameter"],
  ["allowed_payment_method_types[0]=ideal", "allowed_payment_method_types", "cards only"],
  ["ui_mode=embedded_page", "ui_mode", "must be one of hosted_page"],
])("a session with %s is refused with what to do", async (field, param, message) => {
  const body = `mode=setup&success_url=http://a.test&${
    field.startsWith("custom_fields")
      ? `custom_fields[0][key]=k&custom_fields[0][type]=text&custom_fields[0][label][type]=custom&custom_fields[0][label][custom]=K&`
      : ""
  }${field}`;
  const { status, json } = await raw("POST", "checkout/sessions", body);
  expect(status).toBe(400);
  expect(json).toMatchObject({ error: { param, message: expect.stringContaining(message) } });
});

test("a subscription shows its settings, and a change of one leaves the others", async () => {
  const { customer, subscription: bought } = await subscribed(bench);
  const [card] = (await bench.stripe.paymentMethods.list({ customer: customer.id })).data;
  const made = await bench.stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: price.id }],
    default_payment_method: card?.id ?? "",
    automatic_tax: { enabled: true },
    collection_method: "charge_automatically",
    description: "Team",
    off_session: true,
    invoice_settings: { footer: "Bye" },
    payment_settings: {
      payment_method_types: ["card"],
      payment_method_options: { card: { request_three_d_secure: "any" } },
      save_default_payment_method: "on_subscription",
    },
    expand: ["latest_invoice"],
  });
  expect(made).toMatchObject({
    status: "active",
    automatic_tax: { enabled: true },
    description: "Team",
    invoice_settings: { footer: "Bye", description: null },
    payment_settings: { payment_method_types: ["card"], save_default_payment_method: "on_subscription" },
    latest_invoice: { object: "invoice" },
  });
  const { json } = await raw("GET", `subscriptions/${made.id}`);
  expect(differences(readDeclarations("Subscriptions"), "Subscription", json)).toEqual([]);
  const changed = await bench.stripe.subscriptions.update(made.id, { invoice_settings: { description: "Hello" } });
  expect(changed.invoice_settings).toMatchObject({ footer: "Bye", description: "Hello" });
  expect(changed.payment_settings).toMatchObject({ save_default_payment_method: "on_subscription" });
  expect(bought.automatic_tax.enabled).toBe(false);
});

test.each([
  ["collection_method=send_invoice", "collection_method"],
  ["days_until_due=14", "days_until_due"],
  ["transfer_data[destination]=acct_1", "transfer_data"],
])("a subscription with %s is refused: it would do something that is not done here", async (field, param) => {
  const customer = await bench.stripe.customers.create();
  const body = `customer=${customer.id}&items[0][price]=${price.id}&${field}`;
  const { status, json } = await raw("POST", "subscriptions", body);
  expect(status).toBe(400);
  expect(json).toMatchObject({ error: { param } });
});
