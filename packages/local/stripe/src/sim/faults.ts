import { z } from "zod";

/**
 * A fault to play on the next `count` requests to `route` ("POST /v1/customers", "GET /v1/subscriptions/:id", or "*").
 * `status`: answers that status without doing anything · `timeout`: never answers · `drop_after_commit`: does it, then cuts
 * the connection without an answer · `slow`: waits `delayMs`, then does it.
 */
export const Fault = z.strictObject({
  route: z.string().min(1),
  kind: z.enum(["status", "timeout", "drop_after_commit", "slow"]),
  status: z.int().min(400).max(599).default(500),
  delayMs: z.int().min(0).max(600_000).default(1000),
  count: z.int().min(1).max(1_000_000).default(1),
});
export type Fault = z.infer<typeof Fault>;

/** The faults that are planned; they live only as long as the process. */
export class Faults {
  #planned: Fault[] = [];

  add(fault: Fault): void {
    this.#planned.push({ ...fault });
  }

  list(): readonly Fault[] {
    return this.#planned;
  }

  clear(): void {
    this.#planned = [];
  }

  /** Takes one use of the first fault planned for this route, or null. */
  take(route: string): Fault | null {
    const fault = this.#planned.find((planned) => planned.route === "*" || planned.route === route);
    if (fault === undefined) return null;
    fault.count -= 1;
    if (fault.count === 0) this.#planned = this.#planned.filter((planned) => planned !== fault);
    return fault;
  }
}
