import { createServer } from "node:http";
import type { Server } from "node:http";
import type { SMTPServer } from "smtp-server";
import { createApp } from "./app.ts";
import { listenNear } from "./listen-near.ts";
import { openMessageStore } from "./message-store.ts";
import { createSmtpServer } from "./smtp.ts";

/** A running mail catcher. */
export interface LocalMail {
  /** Where to send mail, for `SMTP_URL`. */
  smtpUrl: string;
  /** Page with the mails that were caught. */
  url: string;
  stop(): Promise<void>;
}

/** Where to listen and what to keep. */
export interface MailOptions {
  /** Port for mail to try first; when taken, the next free one. Default: any free one. */
  smtpPort?: number | undefined;
  /** Port of the page to try first; when taken, the next free one. Default: any free one. */
  port?: number | undefined;
  /** Folder that keeps the last 500 mails over restarts, made if absent. Default: they end with the process. */
  dataDir?: string | undefined;
}

/**
 * Starts an SMTP server on 127.0.0.1 that takes every mail and passes none on, and a page and JSON to read them:
 * `/`, `/api/messages?to=&subject=&limit=`, `/api/messages/:id`, `/api/messages/wait?to=&subject=&after=&timeoutMs=`.
 * Errors: NODE_ENV is production; a port that is none.
 */
export async function startMail(options: MailOptions = {}): Promise<LocalMail> {
  if (process.env["NODE_ENV"] === "production") {
    throw new Error("The mail catcher is for development and does not start under NODE_ENV=production.");
  }
  const store = await openMessageStore(options.dataDir);
  const smtp = createSmtpServer(store);
  // A client's broken connection is no concern of this process; a port that is taken is dealt with where it is asked for.
  smtp.on("error", () => undefined);
  const pages = createServer(createApp(store));
  try {
    const smtpPort = await listenNear(smtp.server, options.smtpPort);
    const port = await listenNear(pages, options.port);
    return {
      smtpUrl: `smtp://127.0.0.1:${smtpPort}`,
      url: `http://127.0.0.1:${port}`,
      stop: once(async () => {
        await Promise.all([stopSmtp(smtp), stopPages(pages)]);
      }),
    };
  } catch (error) {
    await Promise.all([stopSmtp(smtp), stopPages(pages)]);
    throw error;
  }
}

function stopSmtp(smtp: SMTPServer): Promise<void> {
  return new Promise((resolve) => smtp.close(() => resolve()));
}

function stopPages(pages: Server): Promise<void> {
  return new Promise((resolve) => {
    pages.close(() => resolve());
    pages.closeAllConnections();
  });
}

function once(action: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  return () => (running ??= action());
}
