import { EventEmitter, once } from "node:events";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { v7 } from "uuid";
import { Message } from "./message.ts";

/** Mails kept at most; the oldest go first. */
export const MAX_MESSAGES = 500;

/** Which mails. Absent means any. */
export interface MessageFilter {
  /** A whole address, in any case. */
  to?: string | undefined;
  /** A part of the subject, in any case. */
  subject?: string | undefined;
  /** Received after this time. */
  after?: Date | undefined;
}

/** The mails that were caught, newest first; in a folder too, when there is one. */
export class MessageStore {
  readonly #messages: Message[];
  readonly #folder: string | undefined;
  readonly #arrivals = new EventEmitter().setMaxListeners(0);

  constructor(messages: Message[], folder: string | undefined) {
    this.#messages = messages;
    this.#folder = folder;
  }

  /** Keeps a mail and wakes those who wait for one. The oldest beyond MAX_MESSAGES go. */
  async add(mail: Omit<Message, "id" | "receivedAt">): Promise<void> {
    const message = { id: v7(), receivedAt: nextTime(this.#messages[0]), ...mail };
    this.#messages.unshift(message);
    const dropped = this.#messages.splice(MAX_MESSAGES);
    if (this.#folder !== undefined) await saveMessage(this.#folder, message);
    await this.#removeFiles(dropped);
    this.#arrivals.emit("arrival");
  }

  /** Newest first. */
  list(filter: MessageFilter, limit: number): Message[] {
    return this.#messages.filter((message) => isMatch(message, filter)).slice(0, limit);
  }

  find(id: string): Message | null {
    return this.#messages.find((message) => message.id === id) ?? null;
  }

  async clear(): Promise<void> {
    await this.#removeFiles(this.#messages.splice(0));
  }

  /** Newest mail of that kind as soon as there is one; null when the signal comes first. */
  async waitFor(filter: MessageFilter, signal: AbortSignal): Promise<Message | null> {
    for (;;) {
      const [message] = this.list(filter, 1);
      if (message) return message;
      try {
        await once(this.#arrivals, "arrival", { signal });
      } catch {
        return null;
      }
    }
  }

  async #removeFiles(messages: Message[]): Promise<void> {
    const folder = this.#folder;
    if (folder === undefined) return;
    await Promise.all(messages.map(({ id }) => rm(join(folder, `${id}.json`), { force: true })));
  }
}

/** Opens the store; with a folder, the mails of earlier runs are in it. */
export async function openMessageStore(folder: string | undefined): Promise<MessageStore> {
  return new MessageStore(folder === undefined ? [] : await loadMessages(folder), folder);
}

function isMatch(message: Message, { to, subject, after }: MessageFilter): boolean {
  if (to !== undefined && !message.to.includes(to.toLowerCase())) return false;
  if (subject !== undefined && !message.subject.toLowerCase().includes(subject.toLowerCase())) return false;
  return after === undefined || message.receivedAt > after.toISOString();
}

/** Two mails in one millisecond would be one to somebody who asks for what came after the first. */
function nextTime(newest: Message | undefined): string {
  const earliest = newest === undefined ? 0 : Date.parse(newest.receivedAt) + 1;
  return new Date(Math.max(Date.now(), earliest)).toISOString();
}

async function saveMessage(folder: string, message: Message): Promise<void> {
  const path = join(folder, `${message.id}.json`);
  await writeFile(`${path}.next`, JSON.stringify(message), { mode: 0o600 });
  await rename(`${path}.next`, path);
}

/** Mails of earlier runs, newest first. A file that is none, or half of one, is left where it is and passed over. */
async function loadMessages(folder: string): Promise<Message[]> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const names = (await readdir(folder)).filter((name) => name.endsWith(".json"));
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
  return texts
    .flatMap((text) => parseMessage(text))
    .toSorted((a, b) => (a.receivedAt < b.receivedAt ? 1 : -1))
    .slice(0, MAX_MESSAGES);
}

function parseMessage(text: string): Message[] {
  try {
    return [Message.parse(JSON.parse(text))];
  } catch {
    return [];
  }
}
