import { createTransport } from "nodemailer";
import type { LinkTemplate, MailKind, Settings } from "../../options.ts";
import { type MailContent, composeMail } from "./compose-mail.ts";

/** One mail to send; `tokenHash` and `otp` belong together. */
export interface AuthMail extends MailContent {
  to: string;
  tokenHash: string;
  redirectTo: string;
}

/** Sends the mails of the Auth server. */
export interface Mailer {
  send(mail: AuthMail): Promise<void>;
  /** The link that a mail of this kind carries. */
  link: LinkTemplate;
  close(): void;
}

const TIMEOUT_MS = 10_000;

/** Opens the SMTP transport. Links lead to `verifyUrl` unless the project has a template of its own. */
export function createMailer(settings: Settings, verifyUrl: string): Mailer {
  const transport = createTransport({
    url: settings.smtpUrl,
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
  });
  const link =
    settings.linkTemplate ?? ((kind, tokenHash, redirectTo) => verifyLink(verifyUrl, kind, tokenHash, redirectTo));
  return {
    link,
    async send({ to, tokenHash, redirectTo, ...content }) {
      const url = content.kind === "reauthentication" ? "" : link(content.kind, tokenHash, redirectTo);
      const { subject, text, html } = composeMail(content, url);
      // The address is passed as an object: nodemailer then never parses it as a list.
      await transport.sendMail({ from: settings.mailFrom, to: { name: "", address: to }, subject, text, html });
    },
    close: () => transport.close(),
  };
}

/** GoTrue's default link, which confirms by itself when opened. */
export function verifyLink(verifyUrl: string, kind: MailKind, tokenHash: string, redirectTo: string): string {
  const query = new URLSearchParams({ token: tokenHash, type: kind, redirect_to: redirectTo });
  return `${verifyUrl}?${query.toString()}`;
}
