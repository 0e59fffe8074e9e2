import type { Ctx } from "../../context.ts";
import { productName } from "../../engine/invoice-lines.ts";
import { formatAmount } from "../../engine/money.ts";
import { extrasOf } from "../../engine/session-extras.ts";
import { listObjects } from "../../http/page.ts";
import type { CheckoutSession } from "../../model/objects.ts";
import { html, type Html } from "../html.ts";
import { customerText } from "./customer-text.ts";
import { spanText, timeTag } from "./time-text.ts";

const shown = 20;

/** Checkouts that wait for a person, newest first, each with the way to its pay page. */
export function checkoutsSection(ctx: Ctx): Html {
  const { data, has_more: hasMore } = listObjects(
    ctx,
    "checkout.session",
    { status: "open" },
    { paging: { limit: shown }, url: "/v1/checkout/sessions" },
  );
  const list = html`<ul class="rows">
    ${data.map((session) => checkoutRow(ctx, session))}
  </ul>`;
  return html`<section class="card" id="checkouts" aria-labelledby="checkouts-title">
    <h2 id="checkouts-title">Open checkouts</h2>
    ${data.length > 0 ? list : html`<p class="empty">No checkout is open. Start one with <code>billing.checkout.start</code>, or run <code>pnpm demo</code>.</p>`}
    ${hasMore ? html`<p class="note">The newest ${shown} are shown.</p>` : null}
  </section>`;
}

function checkoutRow(ctx: Ctx, session: CheckoutSession): Html {
  const bought = boughtText(ctx, session);
  return html`<li class="checkout">
    <div><b>${bought}</b><span class="note">${buyerText(ctx, session)}</span></div>
    <div>
      <b>${amountText(session)}</b
      ><span class="note" title="${session.id}"
        >${timeTag(session.created)} · ${spanText(ctx.now - session.created, 1)} ago</span
      >
    </div>
    <a class="button small" href="/c/pay/${session.id}" aria-label="Pay page of ${bought}">Pay page</a>
  </li>`;
}

function boughtText(ctx: Ctx, session: CheckoutSession): string {
  const names = extrasOf(ctx, session).lineItems.map((item) => {
    const count = item.quantity ?? 1;
    return `${productName(ctx, item.price)}${count === 1 ? "" : ` × ${count}`}`;
  });
  return names.length === 0 ? "A card to keep" : names.join(", ");
}

function amountText(session: CheckoutSession): string {
  if (session.mode === "setup") return "Nothing to pay";
  return `${formatAmount(session.amount_total ?? 0, session.currency ?? "usd")} today`;
}

function buyerText(ctx: Ctx, session: CheckoutSession): string {
  if (session.customer !== null) return customerText(ctx, session.customer);
  return session.customer_email ?? "a customer not known yet";
}
