import type { Ctx } from "../context.ts";
import { act, noRequest, type World } from "../world.ts";

/** What answers the browser after the commit. */
export type Answer = () => void | Promise<void>;

/** Runs a page's work as one transaction; the answer that it returns is given once it is committed. */
export async function pageWork(world: World, work: (ctx: Ctx) => Answer): Promise<void> {
  await act(world, noRequest, work)();
}
