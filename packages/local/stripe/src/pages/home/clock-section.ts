import type { World } from "../../world.ts";
import { html, type Html } from "../html.ts";
import { steps } from "./clock-move.ts";
import { spanText, timeTag } from "./time-text.ts";

const daySec = 86_400;

/** Stripe's time and the forms that move it. Their fields are `by` or `date`. */
export function clockSection(world: World, notice: Html | null): Html {
  const now = world.clock.nowSec();
  const tomorrow = new Date((now + daySec) * 1000).toISOString().slice(0, 10);
  return html`<section class="card" id="clock" aria-labelledby="clock-title">
    <h2 id="clock-title">Clock</h2>
    ${notice}
    <p class="now">${timeTag(now)} <small>UTC</small></p>
    <p class="note">${aheadText(world.clock.offsetMs)} It only moves forward; what falls due on the way happens.</p>
    <div class="moves">
      <form class="steps" method="post" action="/home/clock">
        ${steps.map((step) => html`<button class="small quiet" name="by" value="${step.by}">${step.text}</button>`)}
      </form>
      <form class="steps" method="post" action="/home/clock">
        <label class="date">To <input type="date" name="date" required min="${tomorrow}" value="${tomorrow}" /></label>
        <button class="small">Move</button>
      </form>
    </div>
  </section>`;
}

function aheadText(offsetMs: number): string {
  return offsetMs < 1000 ? "The same as wall time." : `Ahead of wall time by ${spanText(offsetMs / 1000, 2)}.`;
}
