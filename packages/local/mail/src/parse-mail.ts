import { simpleParser } from "mailparser";
import type { ParsedMail } from "mailparser";
import { findLinks } from "./find-links.ts";
import type { Message } from "./message.ts";

/** Who the mail came from and went to, as said to the SMTP server. */
export interface Envelope {
  from: string;
  to: string[];
}

/** Reads a raw mail. Everything of a Message but what the store gives it. */
export async function parseMail(raw: Buffer, envelope: Envelope): Promise<Omit<Message, "id" | "receivedAt">> {
  // Parts are shown as they were sent: one made up from the other would hide that it is missing.
  const mail = await simpleParser(raw, { skipHtmlToText: true, skipTextToHtml: true });
  const text = mail.text || null;
  const html = mail.html || null;
  return {
    from: mail.from?.text ?? envelope.from,
    to: envelope.to.map((address) => address.toLowerCase()),
    subject: mail.subject ?? "",
    text,
    html,
    headers: rawHeaders(mail),
    links: findLinks(text, html),
    attachments: mail.attachments.map(({ filename, contentType, size }) => ({
      fileName: filename ?? null,
      contentType,
      sizeBytes: size,
    })),
  };
}

function rawHeaders(mail: ParsedMail): Record<string, string> {
  const headers = new Map<string, string>();
  for (const { key, line } of mail.headerLines) {
    const value = line
      .slice(line.indexOf(":") + 1)
      .replace(/\r?\n[ \t]+/g, " ")
      .trim();
    const before = headers.get(key);
    headers.set(key, before === undefined ? value : `${before}\n${value}`);
  }
  return Object.fromEntries(headers);
}
