import type { Ctx } from "../context.ts";
import { needsCard } from "../engine/checkout.ts";
import { formatAmount, formatPrice } from "../engine/money.ts";
import { extrasOf, trialEndOf } from "../engine/session-extras.ts";
import { totalsOf } from "../engine/session-totals.ts";
import type { CheckoutSession } from "../model/objects.ts";
import { cardChoice } from "./card-choice.ts";
import { html, type Html } from "./html.ts";

/** The checkout page of an open session; `problem` is what the last try came to. */
export function payPage(ctx: Ctx, session: CheckoutSession, problem: string | null): Html {
  const email =
    session.customer_email ??
    (session.customer === null ? "" : (ctx.store.find("customer", session.customer)?.email ?? ""));
  const isFixed = email !== "" && session.customer !== null;
  return html`<h1>${titleOf(session)}</h1>
    ${problem === null ? null : html`<p class="bad" role="alert">${problem}</p>`}
    <section class="card">${summary(ctx, session)}</section>
    ${session.allow_promotion_codes === true ? promotionForm(ctx, session) : null}
    <form class="card" method="post" action="/c/pay/${session.id}/pay">
      <label
        >E-mail<input
          type="email"
          name="email"
          value="${email}"
          required
          autocomplete="email"
          ${isFixed ? html` readonly` : null}
      /></label>
      ${needsCard(session) ? cardChoice() : html`<p class="note">No card is needed today.</p>`}
      <button type="submit">${buttonText(session)}</button>
      ${session.cancel_url === null ? null : html`<a class="button quiet" href="${session.cancel_url}">Back</a>`}
    </form>`;
}

/** The bank's page for 3-D Secure. The form field is `outcome`: `complete` or `fail`. */
export function authenticationPage(action: string, amount: string): Html {
  return html`<section class="card">
    <h1>3-D Secure</h1>
    <p>Your bank asks you to confirm ${amount}.</p>
    <form method="post" action="${action}">
      <button type="submit" name="outcome" value="complete">Complete</button>
      <button class="quiet" type="submit" name="outcome" value="fail">Fail</button>
    </form>
  </section>`;
}

/** What is paid today, as text. */
export function amountText(session: CheckoutSession): string {
  return session.mode === "setup" ? "your card" : formatAmount(session.amount_total ?? 0, session.currency ?? "usd");
}

function titleOf(session: CheckoutSession): string {
  if (session.mode === "setup") return "Save a card";
  return session.mode === "subscription" ? "Subscribe" : "Pay";
}

function buttonText(session: CheckoutSession): string {
  if (session.mode === "setup") return "Save card";
  if ((session.amount_total ?? 0) > 0) return `Pay ${amountText(session)}`;
  return session.mode === "subscription" ? "Start subscription" : "Complete order";
}

function summary(ctx: Ctx, session: CheckoutSession): Html {
  if (session.mode === "setup") return html`<p>Your card is kept for later payments. Nothing is charged now.</p>`;
  const extras = extrasOf(ctx, session);
  const totals = totalsOf(ctx, session, extras);
  const currency = session.currency ?? "usd";
  const trialEnd = trialEndOf(extras, ctx.now);
  return html`<table>
      ${totals.lineItems.map(
        (item) =>
          html`<tr>
            <td>
              ${item.description}<br /><span class="note">${item.quantity ?? 1} × ${formatPrice(item.price)}</span>
            </td>
            <td>${formatAmount(item.amount_subtotal, currency)}</td>
          </tr>`,
      )}
      ${
        totals.discount > 0
          ? html`<tr class="off">
              <td>Discount</td>
              <td>−${formatAmount(totals.discount, currency)}</td>
            </tr>`
          : null
      }
      <tr class="total">
        <td>Due today</td>
        <td>${formatAmount(totals.total, currency)}</td>
      </tr>
    </table>
    ${trialEnd === null ? null : html`<p class="note">Free until ${new Date(trialEnd * 1000).toISOString().slice(0, 10)}, then the price above.</p>`}`;
}

function promotionForm(ctx: Ctx, session: CheckoutSession): Html {
  const [applied] = session.discounts ?? [];
  const code = applied?.promotion_code ? ctx.store.find("promotion_code", applied.promotion_code)?.code : undefined;
  return html`<form class="card" method="post" action="/c/pay/${session.id}/promotion">
    <div class="row">
      <label
        >Promotion code<input type="text" name="code" value="${code ?? ""}" autocomplete="off" maxlength="100" /></label
      ><button class="quiet" type="submit">Apply</button>
    </div>
    ${code === undefined ? null : html`<p class="note">${code} is applied. Empty the field and apply to remove it.</p>`}
  </form>`;
}
