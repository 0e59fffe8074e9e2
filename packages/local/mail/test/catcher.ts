import { createTransport } from "nodemailer";
import type { SendMailOptions } from "nodemailer";
import { afterEach } from "vitest";
import { startMail } from "../src/index.ts";
import type { LocalMail, MailOptions } from "../src/index.ts";
import { Message } from "../src/message.ts";

const running: LocalMail[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((mail) => mail.stop()));
});

/** A catcher that is stopped after the test. */
export async function start(options: MailOptions = {}): Promise<LocalMail> {
  const mail = await startMail(options);
  running.push(mail);
  return mail;
}

/** Sends one mail, to ada@example.test if it does not say otherwise. */
export async function send(mail: LocalMail, options: SendMailOptions): Promise<void> {
  const transport = createTransport(mail.smtpUrl);
  try {
    await transport.sendMail({ from: "Turnpike <hello@turnpike.test>", to: "ada@example.test", ...options });
  } finally {
    transport.close();
  }
}

/** Mails that the catcher lists. */
export async function list(mail: LocalMail, query = ""): Promise<Message[]> {
  const response = await fetch(`${mail.url}/api/messages${query}`);
  const body: unknown = await response.json();
  return itemsOf(body);
}

/** The one mail that was caught. */
export async function only(mail: LocalMail): Promise<Message> {
  const [message, ...others] = await list(mail);
  if (message === undefined || others.length > 0) throw new Error("there is not exactly one mail");
  return message;
}

function itemsOf(body: unknown): Message[] {
  if (typeof body !== "object" || body === null || !("items" in body) || !Array.isArray(body.items)) {
    throw new Error(`no list: ${JSON.stringify(body)}`);
  }
  return body.items.map((item: unknown) => Message.parse(item));
}
