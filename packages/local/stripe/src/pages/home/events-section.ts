import type { Ctx } from "../../context.ts";
import { html, type Html } from "../html.ts";
import { lastEvents, objectIdOf, type DeliveredEvent, type Delivery } from "./last-events.ts";
import { plural, timeTag } from "./time-text.ts";

const shown = 30;
/** An event that was sent again and again shows only its newest deliveries. */
const shownDeliveries = 3;

/** The last events, what became of their deliveries, and a button that sends one again. */
export function eventsSection(ctx: Ctx, notice: Html | null): Html {
  const events = lastEvents(ctx, shown);
  const hint =
    ctx.store.all("webhook_endpoint").length > 0
      ? "Each change of an object makes one, and sends it to your webhook."
      : "There is no webhook endpoint. Make one with webhookEndpoints.create, or give startStripe a webhook.";
  const list = html`<ul class="rows">
    ${events.map((entry) => eventRow(entry))}
  </ul>`;
  return html`<section class="card" id="events" aria-labelledby="events-title">
    <h2 id="events-title">Last events</h2>
    ${notice}${pausedHint(ctx)}
    <p class="note">${hint}</p>
    ${events.length > 0 ? list : html`<p class="empty">No event yet. Make a product with the API, or run <code>pnpm demo</code>.</p>`}
  </section>`;
}

function pausedHint(ctx: Ctx): Html | null {
  if (!ctx.settings.delivery.paused) return null;
  return html`<p class="bad">Deliveries are paused. Go on with <code>{"paused":false}</code> to /_sim/delivery.</p>`;
}

function eventRow({ event, deliveries }: DeliveredEvent): Html {
  const earlier = deliveries.length - shownDeliveries;
  return html`<li class="event">
    <div><b>${event.type}</b><code class="note" title="${event.id}">${objectIdOf(event) ?? event.id}</code></div>
    <span class="note">${timeTag(event.created)}</span>
    <div class="deliveries">
      ${deliveries.length === 0 ? html`<span class="note">No endpoint listens to it.</span>` : null}
      ${deliveries.slice(0, shownDeliveries).map((delivery) => deliveryLine(delivery))}
      ${earlier > 0 ? html`<span class="note">and ${earlier} earlier</span>` : null}
    </div>
    <form method="post" action="/home/events/${event.id}/send">
      <button class="small quiet" aria-label="Send ${event.type} again">Send again</button>
    </form>
  </li>`;
}

function deliveryLine(delivery: Delivery): Html {
  const tone = delivery.status === "succeeded" ? "fine" : delivery.status === "failed" ? "wrong" : "";
  const answer =
    delivery.responseStatus === null
      ? delivery.attempts === 0
        ? "not sent yet"
        : "no answer"
      : `HTTP ${delivery.responseStatus}`;
  return html`<span class="delivery" title="${delivery.error}"
    ><span class="badge ${tone}">${delivery.status}</span
    ><span class="note">${answer} · ${plural(delivery.attempts, "attempt")}</span></span
  >`;
}
