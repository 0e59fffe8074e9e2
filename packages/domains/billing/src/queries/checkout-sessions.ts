import type { Tx } from "@turnpike/core";

type Db = Tx["db"];

/** A checkout that somebody of an organization has started. */
export interface CheckoutSessionRow {
  id: string;
  organizationId: string;
  stripeSessionId: string;
  priceId: string;
  quantity: number;
  trialDays: number | null;
  status: string;
  paymentStatus: string | null;
  stripeSubscriptionId: string | null;
  url: string | null;
  expiresAt: Date;
}

const columns = [
  "id",
  "organization_id as organizationId",
  "stripe_session_id as stripeSessionId",
  "price_id as priceId",
  "quantity",
  "trial_days as trialDays",
  "status",
  "payment_status as paymentStatus",
  "stripe_subscription_id as stripeSubscriptionId",
  "url",
  "expires_at as expiresAt",
] as const;

/** The checkouts of an organization that were open when last seen: for these prices, and those with a trial if asked. */
export function listOpenSessions(
  db: Db,
  organizationId: string,
  wanted: { priceIds: string[]; withTrials: boolean },
): Promise<CheckoutSessionRow[]> {
  return db
    .selectFrom("checkout_sessions")
    .select(columns)
    .where("organization_id", "=", organizationId)
    .where((eb) => {
      const ofPrice = eb("price_id", "=", eb.fn.any(eb.val(wanted.priceIds)));
      return wanted.withTrials ? eb.or([ofPrice, eb("trial_days", "is not", null)]) : ofPrice;
    })
    .where("status", "=", "open")
    .orderBy("id")
    .execute();
}

/** The id of an organization's last checkout, whatever became of it. */
export async function findLastSessionId(db: Db, organizationId: string): Promise<string | null> {
  const row = await db
    .selectFrom("checkout_sessions")
    .select("stripe_session_id")
    .where("organization_id", "=", organizationId)
    .orderBy("id", "desc")
    .limit(1)
    .executeTakeFirst();
  return row?.stripe_session_id ?? null;
}

/** A checkout of an organization by Stripe's id. */
export function findSession(
  db: Db,
  organizationId: string,
  stripeSessionId: string,
): Promise<CheckoutSessionRow | undefined> {
  return db
    .selectFrom("checkout_sessions")
    .select(columns)
    .where("organization_id", "=", organizationId)
    .where("stripe_session_id", "=", stripeSessionId)
    .executeTakeFirst();
}

/** The organization that we made a checkout for; null for one that we did not make. */
export async function findSessionOrganization(db: Db, stripeSessionId: string): Promise<string | null> {
  const row = await db
    .selectFrom("checkout_sessions")
    .select("organization_id")
    .where("stripe_session_id", "=", stripeSessionId)
    .executeTakeFirst();
  return row?.organization_id ?? null;
}

/** Adds a checkout; one that is known already stays as it is. */
export async function insertSession(db: Db, row: CheckoutSessionRow & { createdBy: string | null }): Promise<void> {
  await db
    .insertInto("checkout_sessions")
    .values({
      id: row.id,
      organization_id: row.organizationId,
      stripe_session_id: row.stripeSessionId,
      price_id: row.priceId,
      quantity: row.quantity,
      trial_days: row.trialDays,
      status: row.status,
      payment_status: row.paymentStatus,
      stripe_subscription_id: row.stripeSubscriptionId,
      url: row.url,
      created_by: row.createdBy,
      expires_at: row.expiresAt,
    })
    .onConflict((conflict) => conflict.column("stripe_session_id").doNothing())
    .execute();
}

/** Brings a checkout up to date; one that is over stays over. */
export async function updateSession(
  db: Db,
  stripeSessionId: string,
  state: Pick<CheckoutSessionRow, "status" | "paymentStatus" | "stripeSubscriptionId" | "url">,
): Promise<void> {
  await db
    .updateTable("checkout_sessions")
    .set({
      status: state.status,
      payment_status: state.paymentStatus,
      stripe_subscription_id: state.stripeSubscriptionId,
      url: state.url,
    })
    .where("stripe_session_id", "=", stripeSessionId)
    .where((eb) => eb.or([eb("status", "=", "open"), eb("status", "=", state.status)]))
    .execute();
}
