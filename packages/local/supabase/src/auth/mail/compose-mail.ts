import type { MailKind } from "../../options.ts";

/** What a mail says: its kind, the code, and for a change of address the new one. */
export interface MailContent {
  kind: MailKind;
  otp: string;
  newEmail?: string | undefined;
}

interface Words {
  subject: string;
  lead: string;
  action: string;
}

const IGNORE = "If you did not ask for this, you can ignore this mail.";

/** Puts subject, text and HTML of a mail together; both parts carry the link and the code. */
export function composeMail(content: MailContent, link: string): { subject: string; text: string; html: string } {
  const words = wordsOf(content);
  const code = `Or enter this code: ${content.otp}`;
  const onlyCode = `Your code: ${content.otp}`;
  const lines = link ? [words.lead, `${words.action}:\n${link}`, code, IGNORE] : [words.lead, onlyCode, IGNORE];
  const paragraphs = [
    `<h1 style="font-size:20px;margin:0 0 16px">${escapeHtml(words.subject)}</h1>`,
    paragraph(words.lead),
    ...(link ? [button(words.action, link)] : []),
    paragraph(link ? code : onlyCode),
    paragraph(IGNORE, "#666666"),
  ];
  return { subject: words.subject, text: `${lines.join("\n\n")}\n`, html: page(words.subject, paragraphs.join("\n")) };
}

function wordsOf(content: MailContent): Words {
  switch (content.kind) {
    case "signup":
      return {
        subject: "Confirm your email address",
        lead: "Thanks for signing up. Confirm your email address to finish.",
        action: "Confirm email address",
      };
    case "invite":
      return {
        subject: "You have been invited",
        lead: "You have been invited to create an account.",
        action: "Accept the invitation",
      };
    case "magiclink":
      return { subject: "Your sign-in link", lead: "Use this link to sign in.", action: "Sign in" };
    case "recovery":
      return {
        subject: "Reset your password",
        lead: "Somebody asked to reset the password of your account.",
        action: "Choose a new password",
      };
    case "email_change":
      return {
        subject: "Confirm your new email address",
        lead: `Somebody asked to change the email address of your account to ${content.newEmail ?? "another one"}.`,
        action: "Confirm the change",
      };
    case "reauthentication":
      return { subject: "Your confirmation code", lead: "Enter this code to confirm that it is you.", action: "" };
    default:
      return content.kind satisfies never;
  }
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title></head>
<body style="margin:0;padding:32px 16px;background:#f4f4f5;font-family:system-ui,sans-serif;color:#18181b">
<div style="max-width:480px;margin:0 auto;padding:32px;background:#ffffff;border-radius:8px">
${body}
</div>
</body>
</html>
`;
}

function paragraph(text: string, color = "#18181b"): string {
  return `<p style="margin:0 0 16px;line-height:1.5;color:${color}">${escapeHtml(text)}</p>`;
}

function button(label: string, link: string): string {
  const style =
    "display:inline-block;padding:12px 20px;background:#18181b;color:#ffffff;border-radius:6px;text-decoration:none";
  return `<p style="margin:0 0 16px"><a href="${escapeHtml(link)}" style="${style}">${escapeHtml(label)}</a></p>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
