import type { Ctx } from "../../context.ts";
import type { World } from "../../world.ts";
import { html, type Html } from "../html.ts";
import { checkoutsSection } from "./checkouts-section.ts";
import { clockSection } from "./clock-section.ts";
import { commandsSection } from "./commands-section.ts";
import { eventsSection } from "./events-section.ts";
import type { Notice } from "./notices.ts";
import { subscriptionsSection } from "./subscriptions-section.ts";

/** What this Stripe holds now, and forms to move it along. `notice` stands in the section that it is about. */
export function homePage(world: World, ctx: Ctx, notice: Notice | null): Html {
  const noticeIn = (section: Notice["section"]): Html | null => {
    if (notice?.section !== section) return null;
    return html`<p class="${notice.isProblem ? "bad" : "good"}" role="${notice.isProblem ? "alert" : "status"}">
      ${notice.text}
    </p>`;
  };
  return html`<h1>Local Stripe</h1>
    <nav aria-label="On this page">
      <a href="#clock">Clock</a><a href="#checkouts">Open checkouts</a><a href="#subscriptions">Subscriptions</a
      ><a href="#events">Last events</a><a href="#commands">Commands</a><a href="/">Refresh</a>
    </nav>
    ${clockSection(world, noticeIn("clock"))} ${checkoutsSection(ctx)}
    ${subscriptionsSection(ctx, noticeIn("subscriptions"))} ${eventsSection(ctx, noticeIn("events"))}
    ${commandsSection(ctx.baseUrl)}`;
}
