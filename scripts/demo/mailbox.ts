import { z } from "zod";

const Mail = z.object({ subject: z.string(), text: z.string(), links: z.array(z.string()) });

/** Waits for the next mail to an address at the local catcher and returns the token hash of the link in it. */
export async function waitForTokenHash(mailUrl: string, to: string): Promise<string> {
  const url = new URL("/api/messages/wait", mailUrl);
  url.searchParams.set("to", to);
  url.searchParams.set("timeoutMs", "10000");
  const response = await fetch(url);
  if (response.status !== 200) throw new Error(`no mail came for ${to}`);
  const { links } = Mail.parse(await response.json());
  const tokens = links
    .map((link) => new URL(link).searchParams)
    .map((params) => params.get("token_hash") ?? params.get("token"));
  const token = tokens.find((candidate) => candidate !== null);
  if (!token) throw new Error("the mail has no link with a token");
  return token;
}
