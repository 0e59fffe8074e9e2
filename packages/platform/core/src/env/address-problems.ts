import { isLoopback } from "./is-loopback.ts";

/**
 * Finds addresses that must not be spoken to in the clear in production, where tokens and mails travel; one line each.
 * Loopback may: what is on this machine crosses no wire.
 */
export function addressProblems(addresses: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(addresses).flatMap(([name, address]) =>
    address === undefined || isSafe(new URL(address)) ? [] : [`${name}: http is not for production; use https`],
  );
}

function isSafe({ protocol, hostname }: URL): boolean {
  return protocol === "https:" || isLoopback(hostname);
}
