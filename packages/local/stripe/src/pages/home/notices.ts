import { randomText } from "../../ids.ts";

/** What a form came to, and the section of the page that says so. */
export interface Notice {
  section: "clock" | "subscriptions" | "events";
  text: string;
  isProblem: boolean;
}

const kept = 50;

/**
 * Carries a notice over the redirect after a form: the address names it, so that no link from elsewhere can put words
 * on the page, and it is shown once.
 */
export class Notices {
  readonly #waiting = new Map<string, Notice>();

  /** Keeps a notice. Returns the address of the page that shows it. */
  leave(notice: Notice): string {
    const id = randomText(16);
    this.#waiting.set(id, notice);
    const [oldest] = this.#waiting.keys();
    if (this.#waiting.size > kept && oldest !== undefined) this.#waiting.delete(oldest);
    return `/?notice=${id}#${notice.section}`;
  }

  /** The notice of that name, once; null for any other. */
  take(id: unknown): Notice | null {
    if (typeof id !== "string") return null;
    const notice = this.#waiting.get(id) ?? null;
    this.#waiting.delete(id);
    return notice;
  }
}
