import type { Ctx } from "../context.ts";
import { productName } from "../engine/invoice-lines.ts";
import { formatAmount, formatPrice } from "../engine/money.ts";
import { periodOf } from "../engine/renew.ts";
import type { Subscription } from "../model/billing.ts";
import type { PortalConfiguration, PortalSession } from "../model/objects.ts";
import { cardChoice } from "./card-choice.ts";
import { html, type Html } from "./html.ts";

/** A day as people read it. */
export function dayText(unixSec: number): string {
  return new Date(unixSec * 1000).toLocaleDateString("en-US", { dateStyle: "long", timeZone: "UTC" });
}

/** The customer's page: subscriptions, card, invoices. `message` is what the last form came to. */
export function portalPage(
  ctx: Ctx,
  session: PortalSession,
  message: { text: string; isProblem: boolean } | null,
): Html {
  const { features } = ctx.store.get("billing_portal.configuration", session.configuration);
  const subscriptions = ctx.store
    .all("subscription", { customer: session.customer })
    .filter((entry) => entry.status !== "incomplete_expired");
  return html`<h1>Your plan and payments</h1>
    ${message === null ? null : html`<p class="${message.isProblem ? "bad" : "good"}" role="status">${message.text}</p>`}
    ${confirmCard(ctx, session)}
    ${subscriptions.length === 0 ? html`<section class="card"><p>There is no subscription yet.</p></section>` : null}
    ${subscriptions.map((subscription) => subscriptionCard(ctx, session, features, subscription))}
    ${features.payment_method_update.enabled ? paymentCard(ctx, session) : null}
    ${features.invoice_history.enabled ? invoicesCard(ctx, session) : null}
    ${session.return_url === null ? null : html`<a class="button quiet" href="${session.return_url}">Return</a>`}`;
}

/** What the session was made to confirm, as a form; nothing for other sessions. */
function confirmCard(ctx: Ctx, session: PortalSession): Html | null {
  const change = session.flow?.subscription_update_confirm;
  if (!change) return null;
  const rows = change.items.map((item) => {
    const price = item.price === null ? null : ctx.store.find("price", item.price);
    const name = price === null ? "Your plan" : `${productName(ctx, price)}, ${formatPrice(price)}`;
    return html`<p>${name}${item.quantity === undefined ? "" : ` × ${item.quantity}`}</p>`;
  });
  return html`<form class="card" method="post" action="/p/session/${session.id}/confirm">
    <h2>Confirm your new plan</h2>
    ${rows}<button type="submit">Confirm</button>
  </form>`;
}

function subscriptionCard(
  ctx: Ctx,
  session: PortalSession,
  features: PortalConfiguration["features"],
  subscription: Subscription,
): Html {
  const rows = subscription.items.data.map(
    (item) =>
      html`<tr>
        <td>
          ${productName(ctx, item.price)}<br /><span class="note"
            >${item.quantity ?? 1} × ${formatPrice(item.price)}</span
          >
        </td>
      </tr>`,
  );
  const action = `/p/session/${session.id}/subscriptions/${subscription.id}`;
  const hasEnded = subscription.ended_at !== null;
  const canCancel = !hasEnded && features.subscription_cancel.enabled && subscription.cancel_at === null;
  return html`<section class="card">
    <h2>Subscription <span class="badge">${subscription.status.replaceAll("_", " ")}</span></h2>
    <table>
      ${rows}
    </table>
    <p>${stateText(subscription)}</p>
    ${!hasEnded && subscription.cancel_at !== null ? html`<form method="post" action="${action}/undo"><button type="submit">Keep my subscription</button></form>` : null}
    ${!hasEnded && features.subscription_update.enabled ? planForm(ctx, features, subscription, action) : null}
    ${canCancel ? cancelForm(features, action) : null}
  </section>`;
}

/** What happens to a subscription next, and when, as a sentence. */
export function stateText(subscription: Subscription): string {
  if (subscription.ended_at !== null) return `Ended on ${dayText(subscription.ended_at)}.`;
  if (subscription.cancel_at !== null) return `Ends on ${dayText(subscription.cancel_at)} and does not renew.`;
  const { end } = periodOf(subscription);
  if (subscription.status === "trialing") return `Free trial until ${dayText(end)}, then it is charged.`;
  return `Renews on ${dayText(end)}.`;
}

function cancelForm(features: PortalConfiguration["features"], action: string): Html {
  const { cancellation_reason: reason, mode } = features.subscription_cancel;
  return html`<form method="post" action="${action}/cancel">
    ${
      reason.enabled
        ? html`<fieldset>
            <legend>Why are you leaving?</legend>
            ${reason.options.map((option) => html`<label class="pick"><input type="radio" name="feedback" value="${option}" /><span>${option.replaceAll("_", " ")}</span></label>`)}
          </fieldset>`
        : null
    }
    <button class="quiet" type="submit">
      ${mode === "immediately" ? "Cancel now" : "Cancel at the end of the period"}
    </button>
  </form>`;
}

function planForm(
  ctx: Ctx,
  features: PortalConfiguration["features"],
  subscription: Subscription,
  action: string,
): Html {
  const [item] = subscription.items.data;
  const prices = (features.subscription_update.products ?? [])
    .flatMap((entry) => entry.prices)
    .flatMap((id) => ctx.store.find("price", id) ?? []);
  const allowed = features.subscription_update.default_allowed_updates;
  return html`<form method="post" action="${action}/plan">
    ${
      allowed.includes("price")
        ? html`<fieldset>
            <legend>Change plan</legend>
            ${prices.map(
              (price) =>
                html`<label class="pick"
                  ><input
                    type="radio"
                    name="price"
                    value="${price.id}"
                    ${price.id === item?.price.id ? html` checked` : null}
                  /><span><b>${productName(ctx, price)}</b><span class="note">${formatPrice(price)}</span></span></label
                >`,
            )}
          </fieldset>`
        : null
    }
    ${allowed.includes("quantity") ? html`<label>Seats<input type="text" inputmode="numeric" pattern="[0-9]+" name="quantity" value="${item?.quantity ?? 1}" /></label>` : null}
    <button class="quiet" type="submit">Update subscription</button>
  </form>`;
}

function paymentCard(ctx: Ctx, session: PortalSession): Html {
  const customer = ctx.store.get("customer", session.customer);
  const [subscription] = ctx.store.all("subscription", { customer: session.customer });
  const id = customer.invoice_settings.default_payment_method ?? subscription?.default_payment_method ?? null;
  const method = id === null ? null : ctx.store.find("payment_method", id);
  return html`<section class="card">
    <h2>Payment</h2>
    <p>
      ${method === null ? "No card yet." : `•••• ${method.card?.last4 ?? ""}, expires ${method.card?.exp_month ?? ""}/${method.card?.exp_year ?? ""}`}
    </p>
    <details>
      <summary>Change card</summary>
      <form method="post" action="/p/session/${session.id}/card">
        ${cardChoice()}<button type="submit">Use this card</button>
      </form>
    </details>
  </section>`;
}

function invoicesCard(ctx: Ctx, session: PortalSession): Html {
  const invoices = ctx.store
    .all("invoice", { customer: session.customer })
    .filter((invoice) => invoice.status !== "draft");
  const rows = invoices.slice(0, 24).map(
    (invoice) =>
      html`<tr>
        <td>
          <a href="/i/${invoice.id}">${invoice.number}</a> <span class="badge">${invoice.status}</span><br /><span
            class="note"
            >${dayText(invoice.created)}</span
          >
        </td>
        <td>${formatAmount(invoice.total, invoice.currency)}</td>
      </tr>`,
  );
  return html`<section class="card">
    <h2>Invoices</h2>
    ${
      rows.length === 0
        ? html`<p>None yet.</p>`
        : html`<table>
            ${rows}
          </table>`
    }
  </section>`;
}
