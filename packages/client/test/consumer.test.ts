import { readFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeConsumer, packClient, type Consumer } from "./support/consumer.ts";

let folder: string;
let consumer: Consumer;
let withTanStack: Consumer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "turnpike-pack-"));
  const tarball = await packClient(folder);
  const peers = ["@trpc/server", "@trpc/client", "@trpc/tanstack-react-query", "@tanstack/react-query"];
  [consumer, withTanStack] = await Promise.all([makeConsumer(tarball), makeConsumer(tarball, peers)]);
});
afterAll(async () => {
  await consumer[Symbol.asyncDispose]();
  await withTanStack[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const application = `
import { createClient, TurnpikeError, type Organization } from "@turnpike/client";

const client = createClient({ url: "http://127.0.0.1:8000", getToken: async () => "token", fetch });

export async function signIn(email: string, password: string): Promise<Date | null> {
  const result = await client.auth.signIn.mutate({ email, password });
  if (result.status === "two_factor_required") return null;
  const expiresAt: Date = result.session.expiresAt;
  return expiresAt;
}

export async function organizations(cursor: string | undefined): Promise<Organization[]> {
  const page = await client.organizations.list.query({ cursor, limit: 10 });
  const created: Date[] = page.items.map((item) => item.createdAt);
  return created.length > 0 ? page.items : [];
}

export const waitOf = (error: unknown): number => (error instanceof TurnpikeError ? (error.retryAfterSec ?? 0) : 0);
`;

test("npm installs the client and nothing else", async () => {
  expect(await consumer.installed()).toEqual(["@turnpike/client"]);
});

test("the published package.json depends on nothing and speaks no protocol of the workspace", async () => {
  const text = await readFile(join(consumer.folder, "node_modules/@turnpike/client/package.json"), "utf8");
  expect(JSON.parse(text)).not.toHaveProperty("dependencies");
  expect(text).not.toMatch(/workspace:|catalog:/);
});

test("an application compiles against the client with few instantiations, and dates are dates", async () => {
  const { errors, instantiations } = await consumer.compile(application);
  expect(errors).toEqual([]);
  expect(instantiations).toBeGreaterThan(0);
  expect(instantiations).toBeLessThan(10_000);
});

test("the browser's EventSource and fetch are taken as they are", async () => {
  const source = `import { createClient } from "@turnpike/client";
createClient({ url: "x", EventSource, fetch, organization: async () => null, headers: () => ({ "x-request-id": "1" }) });
`;
  expect((await consumer.compile(source)).errors).toEqual([]);
});

test("the client's own declarations hold without skipping library checks", async () => {
  expect((await consumer.compile(application, false)).errors).toEqual([]);
});

test.each([
  ["a wrong field", 'client.auth.signIn.mutate({ email: "a", password: 1 });', "not assignable to type 'string'"],
  ["a missing field", 'client.auth.signIn.mutate({ email: "a" });', "Property 'password' is missing"],
  [
    "a field too many",
    'client.auth.signIn.mutate({ email: "a", password: "b", admin: true });',
    "'admin' does not exist",
  ],
  [
    "a checkout of no price",
    'client.billing.checkout.start.mutate({ successUrl: "a", cancelUrl: "b" });',
    "CheckoutBy",
  ],
  [
    "a checkout of two prices",
    'client.billing.checkout.start.mutate({ lookupKey: "a", priceId: "b", successUrl: "a", cancelUrl: "b" });',
    "CheckoutBy",
  ],
  ["a query called as a mutation", "client.auth.me.mutate();", "Property 'mutate' does not exist"],
  ["a procedure that is not there", "client.auth.signUpp.query();", "Property 'signUpp' does not exist"],
  [
    "a date taken for text",
    "const me = await client.auth.me.query(); const t: string = me.profile.createdAt;",
    "Type 'Date'",
  ],
])("%s is a compile error", async (_, code, message) => {
  const source = `import { createClient } from "@turnpike/client";\nconst client = createClient({ url: "x" });\n${code}\nexport {};\n`;
  const { errors } = await consumer.compile(source);
  expect(errors).toHaveLength(1);
  expect(errors[0]).toContain(message);
});

test("the bundle runs without any other package", async () => {
  const source = `import { createClient, TurnpikeError } from "@turnpike/client";
const client = createClient({ url: "http://127.0.0.1:9" });
const error = await client.auth.me.query().catch((thrown) => thrown);
console.log(error instanceof TurnpikeError, error.appCode);`;
  expect((await consumer.run(source)).trim()).toBe("true client.network");
});

test("the router type serves TanStack Query: typed options, wrong input refused, dates kept", async () => {
  const source = `
import { createTRPCContext } from "@trpc/tanstack-react-query";
import type { AppRouter } from "@turnpike/client/trpc";

export const { useTRPC } = createTRPCContext<AppRouter>();
export function useOrganizations() {
  const trpc = useTRPC();
  return trpc.organizations.list.queryOptions({ limit: 5 });
}
export function useSignIn() {
  const trpc = useTRPC();
  return trpc.auth.signIn.mutationOptions({
    onSuccess: (result) => {
      const expiresAt: Date = result.session.expiresAt;
      return expiresAt;
    },
    onError: (error) => {
      const code: string | undefined = error.data?.appCode;
      return code;
    },
  });
}
export function wrong() {
  const trpc = useTRPC();
  // @ts-expect-error -- the id is missing
  return trpc.organizations.get.queryOptions({});
}
`;
  const { errors, instantiations } = await withTanStack.compile(source);
  expect(errors).toEqual([]);
  expect(instantiations).toBeLessThan(10_000);
});
