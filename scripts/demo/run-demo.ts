import { setTimeout as pause } from "node:timers/promises";
import { createClient } from "@turnpike/client";
import type { Client } from "@turnpike/client";
import type { StackInfo } from "../stack/stack-file.ts";
import { findFirstDelivery, moveClock, payCheckout } from "./local-stripe.ts";
import { waitForTokenHash } from "./mailbox.ts";
import { Steps } from "./steps.ts";

const feature = "projects";
const lookupKey = "starter_monthly";
const waitMs = 10_000;

/** The whole story of a customer, through the typed client and the pages, as anybody would use them. Errors: the step that failed. */
export async function runDemo(stack: StackInfo, write: (line: string) => void): Promise<void> {
  if (!stack.mailUrl || !stack.stripeUrl)
    throw new Error("The demo reads mails and pays: it needs the local mail catcher and the local Stripe.");
  const steps = new Steps(write);
  const session: { token: string | null } = { token: null };
  const client = createClient({ url: stack.apiUrl, getToken: () => session.token });
  await signUp(steps, stack, client, session);
  await steps.run("access before paying", () => check(client, false), say);
  const paidAt = await buy(steps, client, stack.frontendUrl);
  const access = await steps.run("webhook received, let in", () => waitFor(client, true), say);
  await printLatency(stack.stripeUrl, paidAt, write);
  const until = await cancel(steps, client);
  await steps.run("access while paid up", () => check(client, true), say);
  await steps.run(
    "clock moved past the end",
    () => moveClock(stack.stripeUrl, new Date((until ?? access.until ?? new Date()).getTime() + 1000)),
    () => "",
  );
  await steps.run("access after the end", () => waitFor(client, false), say);
}

/** How long access took, from Stripe's first delivery of the payment's events and from the payment itself. */
async function printLatency(stripeUrl: string, paidAt: Date, write: (line: string) => void): Promise<void> {
  const grantedAt = Date.now();
  const deliveredAt = await findFirstDelivery(stripeUrl, paidAt);
  const sinceDelivery = deliveredAt
    ? `${Math.max(0, grantedAt - deliveredAt.getTime())} ms after Stripe's delivery, `
    : "";
  write(`    access came ${sinceDelivery}${grantedAt - paidAt.getTime()} ms after the payment\n`);
}

async function signUp(
  steps: Steps,
  { mailUrl }: StackInfo,
  client: Client,
  session: { token: string | null },
): Promise<void> {
  const email = `demo-${crypto.randomUUID()}@example.test`;
  const password = `${crypto.randomUUID()}-Aa1`;
  await steps.run(
    "sign up",
    () => client.auth.signUp.mutate({ email, password, fullName: "Ada Demo" }),
    ({ status }) => status,
  );
  const tokenHash = await steps.run(
    "confirmation mail",
    () => waitForTokenHash(mailUrl, email),
    () => email,
  );
  await steps.run(
    "confirm address, sign in",
    () => client.auth.confirmEmail.mutate({ tokenHash }),
    () => "",
  );
  const signedIn = await client.auth.signIn.mutate({ email, password });
  session.token = signedIn.session.accessToken;
}

async function buy(steps: Steps, client: Client, frontendUrl: string): Promise<Date> {
  const back = {
    successUrl: new URL("/welcome?session={CHECKOUT_SESSION_ID}", frontendUrl).href,
    cancelUrl: new URL("/plans", frontendUrl).href,
  };
  const checkout = await steps.run(
    "start checkout",
    () => client.billing.checkout.start.mutate({ lookupKey, ...back }),
    ({ url }) => url,
  );
  const paidAt = new Date();
  await steps.run(
    "pay on the local page",
    () => payCheckout(checkout.url),
    (location) => `back to ${location}`,
  );
  return paidAt;
}

async function cancel(steps: Steps, client: Client): Promise<Date | null> {
  const { items } = await client.billing.subscriptions.list.query({});
  const subscriptionId = items[0]?.id ?? "";
  const canceled = await steps.run(
    "cancel at the end of the period",
    () => client.billing.subscriptions.cancel.mutate({ subscriptionId, at: "period_end" }),
    ({ endsAt }) => `ends ${endsAt?.toISOString() ?? "?"}`,
  );
  return canceled.endsAt;
}

type Access = Awaited<ReturnType<Client["billing"]["access"]["check"]["query"]>>;

async function check(client: Client, expected: boolean): Promise<Access> {
  const access = await client.billing.access.check.query({ feature });
  if (access.granted !== expected)
    throw new Error(`access is ${access.granted ? "granted" : "refused"} (${access.reason})`);
  return access;
}

async function waitFor(client: Client, expected: boolean): Promise<Access> {
  const deadline = performance.now() + waitMs;
  for (;;) {
    const access = await client.billing.access.check.query({ feature });
    if (access.granted === expected) return access;
    if (performance.now() > deadline)
      throw new Error(`access stays ${access.granted ? "granted" : "refused"} (${access.reason})`);
    await pause(20);
  }
}

function say({ granted, reason }: Access): string {
  return `${granted ? "granted" : "refused"}: ${reason}`;
}
