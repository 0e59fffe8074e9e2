import { afterAll, beforeAll, expect, test } from "vitest";
import { startBench, type Bench } from "./fixture.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.stop());

/** A raw POST: `body` is the form as it travels. */
async function post(path: string, body: string): Promise<{ status: number; json: unknown }> {
  const response = await fetch(`${bench.local.url}${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${bench.local.secretKey}` },
    body,
  });
  return { status: response.status, json: await response.json() };
}

function refusal(param: string, message: string | RegExp) {
  return {
    status: 400,
    json: { error: { type: "invalid_request_error", param, message: expect.stringMatching(message) } },
  };
}

const price = "unit_amount=1&product_data[name]=x";

test("a currency that Stripe does not take is refused with those it does", async () => {
  const wanted = refusal("currency", /^Invalid currency: zzz\. Stripe currently supports these currencies: usd, aed,/);
  expect(await post("/v1/prices", `currency=zzz&${price}`)).toMatchObject(wanted);
  expect(await post("/v1/prices", `currency=euros&${price}`)).toMatchObject(
    refusal("currency", "Invalid currency: euros"),
  );
  expect((await post("/v1/prices", `currency=EUR&${price}`)).status).toBe(200);
  expect((await post("/v1/checkout/sessions", "mode=setup&currency=zzz&success_url=http://a.test")).json).toMatchObject(
    wanted.json,
  );
});

test.each([
  ["day", 1095],
  ["week", 156],
  ["month", 36],
  ["year", 3],
])("a price recurs every %s at most %i times over, three years", async (interval, longest) => {
  const form = (count: number) =>
    `currency=usd&${price}&recurring[interval]=${interval}&recurring[interval_count]=${count}`;
  expect((await post("/v1/prices", form(longest))).status).toBe(200);
  expect(await post("/v1/prices", form(longest + 1))).toMatchObject(
    refusal("recurring[interval_count]", "three years"),
  );
});

test.each([
  ["NUL", "name=a%00b", "name"],
  ["an unpaired surrogate", "metadata[note]=%ED%A0%80", "metadata[note]"],
  ["bytes that are no UTF-8", "address[city]=%FF", "address[city]"],
  ["NUL in a name", "metadata[a%00b]=1", "metadata[a\0b]"],
  ["NUL in what is expanded", "expand[]=a%00", "expand[0]"],
])("text with %s is refused and never stored", async (_name, body, param) => {
  const before = (await bench.stripe.customers.list({ limit: 100 })).data.length;
  const answer = await post("/v1/customers", body);
  expect(answer.status).toBe(400);
  expect(answer.json).toMatchObject({ error: { type: "invalid_request_error", param } });
  expect((await bench.stripe.customers.list({ limit: 100 })).data).toHaveLength(before);
});

test("every other character travels unharmed, a lone percent sign too", async () => {
  const { json } = await post("/v1/customers", `name=${encodeURIComponent("ß 😀 \u{FFFD}")}&description=100%`);
  expect(json).toMatchObject({ name: "ß 😀 \u{FFFD}", description: "100%" });
});

test("metadata that is too long is refused in Stripe's words", async () => {
  const key = "k".repeat(41);
  const value = "v".repeat(501);
  expect(await post("/v1/customers", `metadata[${key}]=1`)).toMatchObject(
    refusal("metadata", `^Metadata keys can have up to 40 characters, but you passed in .* 41 .*${key}$`),
  );
  expect(await post("/v1/customers", `metadata[fine]=1&metadata[note]=${value}`)).toMatchObject(
    refusal("metadata", "^Metadata values can have up to 500 characters, but you passed in .* 501 "),
  );
  const many = Array.from({ length: 51 }, (_entry, index) => `metadata[k${index}]=1`).join("&");
  expect(await post("/v1/customers", many)).toMatchObject(refusal("metadata", "up to 50 keys, but you've set 51"));
});

test("no refusal speaks of the library that found it", async () => {
  const forms = [
    `description=${"x".repeat(5001)}`,
    "metadata=text",
    "address=text",
    "preferred_locales=text",
    "metadata[a][b]=1",
    "name[a]=1",
  ];
  for (const form of forms) {
    const { status, json } = await post("/v1/customers", form);
    expect(status).toBe(400);
    expect(JSON.stringify(json)).not.toMatch(/Too big|Too small|Invalid (input|record|key in)|expected/);
  }
});
