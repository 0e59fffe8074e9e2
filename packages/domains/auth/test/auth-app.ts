import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@supabase/supabase-js";
import { z } from "zod";
import type { Actor, DomainEvent, SupabaseClients } from "@turnpike/core";
import { createCallerFactory } from "@turnpike/core";
import type { LocalMail } from "@turnpike/local-mail";
import { startMail } from "@turnpike/local-mail";
import type { LocalSupabase, SupabaseOptions } from "@turnpike/local-supabase";
import { startSupabase } from "@turnpike/local-supabase";
import organizations, { findOrganization } from "@turnpike/organizations";
import type { TestApp } from "@turnpike/testing";
import { createTestApp } from "@turnpike/testing";
import auth, { actorOfToken, createTokenVerifier } from "../src/index.ts";
import type { Session } from "../src/models.ts";

const createCaller = createCallerFactory(auth.router);
type Caller = ReturnType<typeof createCaller>;

/** An account with its first session. */
export interface TestAccount {
  email: string;
  password: string;
  userId: string;
  session: Session;
}

/** The auth module on a local Supabase that sends its mails to a catcher. */
export interface AuthApp extends TestApp {
  supabase: LocalSupabase;
  mail: LocalMail;
  /** Makes an account by signing up; needs `autoconfirm`. */
  newAccount(): Promise<TestAccount>;
  /** A caller as the server makes it of an access token: verified, session looked up. Without one: a visitor. Each from an address of its own. */
  callerOf(accessToken?: string, clientAddress?: string): Promise<Caller>;
  actorOf(accessToken: string): Promise<Actor>;
  /** Of the link in the newest mail to an address whose subject has these words. */
  tokenHashSentTo(email: string, subject: string): Promise<string>;
  mailsTo(email: string): Promise<number>;
  /** Domain events of a name that mention this user, oldest first. */
  eventsOf(userId: string): Promise<Pick<DomainEvent, "name" | "data">[]>;
}

/** Starts it all on a database of its own. */
export async function createAuthApp(options: Partial<SupabaseOptions> = {}): Promise<AuthApp> {
  const dataDir = await mkdtemp(join(tmpdir(), "turnpike-auth-"));
  const mail = await startMail();
  // The local Supabase needs the database that the test app makes, and the app the clients of that Supabase.
  const late: { clients?: SupabaseClients } = {};
  const present = (): SupabaseClients => {
    if (!late.clients) throw new Error("the local Supabase has not started yet");
    return late.clients;
  };
  const app = await createTestApp({
    modules: [auth, organizations],
    findOrganization,
    supabase: {
      anonymous: () => present().anonymous(),
      asUser: (token) => present().asUser(token),
      get service() {
        return present().service;
      },
    },
  });
  const supabase = await startSupabase({
    databaseUrl: app.database.ownerUrl,
    dataDir,
    smtpUrl: mail.smtpUrl,
    siteUrl: "http://app.test",
    redirectUrls: ["http://app.test/**"],
    linkTemplate: (kind, tokenHash, redirectTo) => `${redirectTo}?token_hash=${tokenHash}&type=${kind}`,
    mailIntervalSec: 0,
    ...options,
  });
  late.clients = clientsOf(supabase);
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopping ??= supabase.stop());
  const close = async (): Promise<void> => {
    await stop();
    await Promise.all([app.close(), mail.stop()]);
    await rm(dataDir, { recursive: true, force: true });
  };
  return { ...app, supabase: { ...supabase, stop }, mail, ...doors(app, supabase, mail), close };
}

function doors(app: TestApp, supabase: LocalSupabase, mail: LocalMail) {
  const verify = createTokenVerifier({
    issuer: supabase.issuer,
    jwksUrl: `${supabase.issuer}/.well-known/jwks.json`,
  });
  const anonymous: Actor = { type: "anonymous" };
  const actorOf = async (accessToken: string): Promise<Actor> => {
    const verified = await verify(accessToken);
    return verified ? actorOfToken(app.ctxOf(anonymous), verified, accessToken) : anonymous;
  };
  const callerOf = async (accessToken?: string, clientAddress: string = randomUUID()): Promise<Caller> => {
    const actor = accessToken === undefined ? anonymous : await actorOf(accessToken);
    return createCaller(app.ctxOf(actor, { clientAddress }));
  };
  return {
    actorOf,
    callerOf,
    newAccount: async (): Promise<TestAccount> => {
      const [email, password] = [`${randomUUID()}@example.com`, "correct horse battery"];
      const result = await (await callerOf()).signUp({ email, password, fullName: "Ada Lovelace" });
      if (result.status !== "signed_in") throw new Error("newAccount needs autoconfirm");
      return { email, password, userId: result.user.id, session: result.session };
    },
    tokenHashSentTo: async (email: string, subject: string) => {
      const query = new URLSearchParams({ to: email, subject, timeoutMs: "10000" });
      const answer = await fetch(`${mail.url}/api/messages/wait?${query.toString()}`);
      const { links } = z.object({ links: z.array(z.string()) }).parse(await answer.json());
      return z.string().parse(new URL(links[0] ?? "").searchParams.get("token_hash"));
    },
    mailsTo: async (email: string) => {
      const answer = await fetch(`${mail.url}/api/messages?to=${encodeURIComponent(email)}`);
      return z.object({ items: z.array(z.unknown()) }).parse(await answer.json()).items.length;
    },
    eventsOf: async (userId: string) => {
      const rows = await app.owner.selectFrom("private.events").select(["name", "data"]).orderBy("sequence").execute();
      return rows.filter(({ data }) => JSON.stringify(data).includes(userId));
    },
  };
}

function clientsOf({ url, anonKey, serviceKey }: LocalSupabase): SupabaseClients {
  const options = { auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false } };
  return {
    anonymous: () => createClient(url, anonKey, options),
    async asUser(accessToken) {
      const client = createClient(url, anonKey, options);
      await client.auth.setSession({ access_token: accessToken, refresh_token: "unused" });
      return client;
    },
    service: createClient(url, serviceKey, options),
  };
}
