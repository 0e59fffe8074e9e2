export type { Message } from "./message.ts";
export { startMail } from "./start-mail.ts";
export type { LocalMail, MailOptions } from "./start-mail.ts";
