import { formatAmount } from "../engine/money.ts";
import type { Invoice } from "../model/billing.ts";
import { cardChoice } from "./card-choice.ts";
import { html, type Html } from "./html.ts";
import { dayText } from "./portal-page.ts";

/** A finalized invoice; an open one can be paid here. The form field is `card`. */
export function invoicePage(invoice: Invoice, problem: string | null): Html {
  return html`<h1>Invoice ${invoice.number} <span class="badge">${invoice.status}</span></h1>
    ${problem === null ? null : html`<p class="bad" role="alert">${problem}</p>`}
    <section class="card">
      <p class="note">${dayText(invoice.created)} · ${invoice.customer_email}</p>
      <table>
        ${lineRows(invoice)}${totalRows(invoice)}
      </table>
    </section>
    ${payForm(invoice)}`;
}

function lineRows(invoice: Invoice): Html[] {
  return invoice.lines.data.map((line) => {
    const period = `${dayText(line.period.start)} – ${dayText(line.period.end)}`;
    const amount = formatAmount(line.amount, invoice.currency);
    return html`<tr>
      <td>${line.description}<br /><span class="note">${period}</span></td>
      <td>${amount}</td>
    </tr>`;
  });
}

function totalRows(invoice: Invoice): Html {
  const { currency } = invoice;
  const discount = (invoice.total_discount_amounts ?? []).reduce((sum, entry) => sum + entry.amount, 0);
  return html`${
      discount > 0
        ? html`<tr class="off">
            <td>Discount</td>
            <td>−${formatAmount(discount, currency)}</td>
          </tr>`
        : null
    }
    <tr class="total">
      <td>Total</td>
      <td>${formatAmount(invoice.total, currency)}</td>
    </tr>
    <tr>
      <td>Paid</td>
      <td>${formatAmount(invoice.amount_paid, currency)}</td>
    </tr>
    <tr class="total">
      <td>Due</td>
      <td>${formatAmount(invoice.amount_remaining, currency)}</td>
    </tr>`;
}

function payForm(invoice: Invoice): Html | null {
  if (invoice.status !== "open" || invoice.amount_remaining === 0) return null;
  return html`<form class="card" method="post" action="/i/${invoice.id}/pay">
    ${cardChoice()}<button type="submit">Pay ${formatAmount(invoice.amount_remaining, invoice.currency)}</button>
  </form>`;
}
