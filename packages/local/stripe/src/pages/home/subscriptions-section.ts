import type { Ctx } from "../../context.ts";
import { productName } from "../../engine/invoice-lines.ts";
import { listObjects } from "../../http/page.ts";
import type { Subscription } from "../../model/billing.ts";
import { html, type Html } from "../html.ts";
import { stateText } from "../portal-page.ts";
import { customerText } from "./customer-text.ts";

const shown = 20;

/** The newest subscriptions, each with a button that opens its customer's portal. */
export function subscriptionsSection(ctx: Ctx, notice: Html | null): Html {
  const { data, has_more: hasMore } = listObjects(
    ctx,
    "subscription",
    {},
    { paging: { limit: shown }, url: "/v1/subscriptions" },
  );
  const list = html`<ul class="rows">
    ${data.map((subscription) => subscriptionRow(ctx, subscription))}
  </ul>`;
  return html`<section class="card" id="subscriptions" aria-labelledby="subscriptions-title">
    <h2 id="subscriptions-title">Subscriptions</h2>
    ${notice}
    ${data.length > 0 ? list : html`<p class="empty">No subscription yet. Pay for a checkout, or run <code>pnpm demo</code>.</p>`}
    ${hasMore ? html`<p class="note">The newest ${shown} are shown.</p>` : null}
  </section>`;
}

function subscriptionRow(ctx: Ctx, subscription: Subscription): Html {
  const customer = customerText(ctx, subscription.customer);
  const items = subscription.items.data.map((item) => `${productName(ctx, item.price)} × ${item.quantity ?? 1}`);
  return html`<li class="subscription">
    <div><b>${customer}</b><span class="note" title="${subscription.id}">${items.join(", ")}</span></div>
    <div>
      <span class="badge ${toneOf(subscription.status)}">${subscription.status.replaceAll("_", " ")}</span
      ><span class="note">${nextText(subscription)}</span>
    </div>
    <form method="post" action="/home/subscriptions/${subscription.id}/portal">
      <button class="small quiet" aria-label="Portal of ${customer}">Portal</button>
    </form>
  </li>`;
}

function nextText(subscription: Subscription): string {
  if (subscription.ended_at !== null) return stateText(subscription);
  if (subscription.status === "incomplete") return "Waits for its first payment.";
  if (subscription.status === "paused") return "Paused: its trial ended without a card.";
  if (subscription.pause_collection !== null) return `Payments are paused. ${stateText(subscription)}`;
  return stateText(subscription);
}

function toneOf(status: string): string {
  if (status === "active" || status === "trialing") return "fine";
  return status === "past_due" || status === "unpaid" || status === "incomplete" ? "wrong" : "";
}
