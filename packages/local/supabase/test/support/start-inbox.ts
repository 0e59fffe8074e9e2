import { type AddressObject, type ParsedMail, simpleParser } from "mailparser";
import { SMTPServer } from "smtp-server";

/** A received mail, with the link and the six-digit code that its text part carries. */
export interface ReceivedMail {
  to: string;
  subject: string;
  text: string;
  html: string;
  link: URL | null;
  otp: string;
}

/** An SMTP server on loopback that keeps what it receives. */
export interface Inbox {
  smtpUrl: string;
  mails: ReceivedMail[];
  /** The last mail to an address. */
  last(to: string): ReceivedMail;
  stop(): Promise<void>;
}

export async function startInbox(): Promise<Inbox> {
  const mails: ReceivedMail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    onData(stream, _session, callback) {
      simpleParser(stream, (error: unknown, mail) => {
        if (error instanceof Error) {
          callback(error);
          return;
        }
        mails.push(receivedMail(mail));
        callback();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.server.address();
  if (address === null || typeof address === "string") throw new Error("no TCP address");
  return {
    smtpUrl: `smtp://127.0.0.1:${address.port}`,
    mails,
    last(to) {
      const mail = mails.findLast((each) => each.to === to);
      if (!mail) throw new Error(`no mail to ${to}; there are ${mails.map((each) => each.to).join(", ") || "none"}`);
      return mail;
    },
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function receivedMail(mail: ParsedMail): ReceivedMail {
  const text = mail.text ?? "";
  const link = /https?:\/\/\S+/.exec(text)?.[0];
  return {
    to: addressOf(mail.to),
    subject: mail.subject ?? "",
    text,
    html: typeof mail.html === "string" ? mail.html : "",
    link: link === undefined ? null : new URL(link),
    otp: /code: (\d{6})/.exec(text)?.[1] ?? "",
  };
}

function addressOf(to: AddressObject | AddressObject[] | undefined): string {
  const first = Array.isArray(to) ? to[0] : to;
  return first?.value[0]?.address ?? "";
}
