import { randomUUID } from "node:crypto";
import { createClient as createSupabaseClient } from "@supabase/supabase-js";
import { createClient } from "@turnpike/client";
import type { Client, StreamedEvent, TurnpikeError } from "@turnpike/client";
import { openDatabase } from "@turnpike/database";
import type { Database } from "@turnpike/database";
import type { Cluster } from "@turnpike/testing";

/** Somebody who has signed in. */
export interface Person {
  userId: string;
  organizationId: string;
  accessToken: string;
  /** Calls as this person: through the balancer, or one process by its URL. */
  at(url?: string): Client;
}

/** A stream as its reader sees it. */
export interface Followed {
  events: StreamedEvent[];
  /** How often it has come to stand. */
  starts(): number;
  /** Resolves when it stands. */
  started: Promise<void>;
  /** What it was refused with. */
  refused: Promise<TurnpikeError>;
  leave(): void;
}

/** A cluster, and people in it. */
export interface StreamBed {
  owner: Database["db"];
  createPerson(isOperator?: boolean): Promise<Person>;
  /** A feature that an operator can grant. */
  feature: string;
  /** The ids of an organization's events, in order, as the log has them. */
  logOf(organizationId: string): Promise<string[]>;
  close(): Promise<void>;
}

/** Looks into a running cluster. */
export async function openStreamBed(cluster: Cluster): Promise<StreamBed> {
  const database = openDatabase({ url: cluster.ownerUrl, max: 2 });
  const { db: owner } = database;
  const supabase = createSupabaseClient(cluster.supabase.url, cluster.supabase.serviceKey, {
    auth: { persistSession: false, autoRefreshToken: false },
  });

  async function createPerson(isOperator = false): Promise<Person> {
    const [email, password] = [`${randomUUID()}@example.test`, "long enough for anyone 1"];
    const { data, error } = await supabase.auth.admin.createUser({ email, password, email_confirm: true });
    if (error) throw error;
    const { id: userId } = data.user;
    if (isOperator) await owner.updateTable("profiles").set({ is_admin: true }).where("id", "=", userId).execute();
    const signedIn = await createClient({ url: cluster.url }).auth.signIn.mutate({ email, password });
    if (signedIn.status !== "signed_in") throw new Error(`${signedIn.status} is no session`);
    const { accessToken } = signedIn.session;
    const at = (url = cluster.url) => createClient({ url, getToken: () => accessToken });
    const { items } = await at().organizations.list.query();
    return { userId, organizationId: items[0]?.id ?? "", accessToken, at };
  }

  const feature = "live_updates";
  const operator = await createPerson(true);
  const features = [{ key: feature, name: "Live updates", kind: "boolean" as const }];
  await operator.at().products.create.mutate({ name: "Live", features });
  return {
    owner,
    feature,
    createPerson,
    async logOf(organizationId) {
      const rows = await owner
        .selectFrom("private.events")
        .select("id")
        .where("organization_id", "=", organizationId)
        .orderBy("sequence")
        .execute();
      return rows.map(({ id }) => id);
    },
    close: () => database.close(),
  };
}

/** Reads a person's stream. */
export function follow(client: Client): Followed {
  const events: StreamedEvent[] = [];
  const started = Promise.withResolvers<void>();
  const refused = Promise.withResolvers<TurnpikeError>();
  let starts = 0;
  const running = client.events.stream.subscribe(undefined, {
    onData: (event) => void events.push(event),
    onStarted() {
      starts += 1;
      started.resolve();
    },
    onError: refused.resolve,
  });
  return {
    events,
    starts: () => starts,
    started: started.promise,
    refused: refused.promise,
    leave: () => running.unsubscribe(),
  };
}
