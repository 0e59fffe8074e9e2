import { callbackify } from "node:util";
import { SMTPServer } from "smtp-server";
import type { SMTPServerDataStream, SMTPServerSession } from "smtp-server";
import type { MessageStore } from "./message-store.ts";
import { parseMail } from "./parse-mail.ts";

/** Largest mail, in bytes. */
const MAX_SIZE_BYTES = 10 * 1024 * 1024;

/** An SMTP server that takes every mail, with or without a login, and passes none on. */
export function createSmtpServer(store: MessageStore): SMTPServer {
  const answerAfter = callbackify((stream: SMTPServerDataStream, session: SMTPServerSession) =>
    receive(stream, session, store),
  );
  return new SMTPServer({
    banner: "Turnpike mail catcher",
    size: MAX_SIZE_BYTES,
    rejectOversized: true,
    // No certificate: the only way in is 127.0.0.1.
    disabledCommands: ["STARTTLS"],
    allowInsecureAuth: true,
    authOptional: true,
    disableReverseLookup: true,
    // On stop clients are cut off at once; a pooled connection would otherwise hold it for half a minute.
    closeTimeout: 1,
    onAuth: (auth, _session, callback) => callback(null, { user: auth.username ?? "anyone" }),
    onData: (stream, session, callback) => answerAfter(stream, session, (error) => callback(error)),
  });
}

async function receive(stream: SMTPServerDataStream, session: SMTPServerSession, store: MessageStore): Promise<void> {
  const chunks: Buffer[] = [];
  // An oversized mail is read to its end, since the answer comes after it, but not kept.
  for await (const chunk of stream) if (Buffer.isBuffer(chunk) && !stream.sizeExceeded) chunks.push(chunk);
  if (stream.sizeExceeded) throw new Error("message exceeds fixed maximum message size");

  const { mailFrom, rcptTo } = session.envelope;
  const envelope = { from: mailFrom ? mailFrom.address : "", to: rcptTo.map(({ address }) => address) };
  await store.add(await parseMail(Buffer.concat(chunks), envelope));
}
