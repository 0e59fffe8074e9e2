import type { StackInfo } from "./stack-file.ts";

/** Prints where everything is, once. */
export function printReady(info: StackInfo): void {
  const rows: [string, string][] = [
    ["API", info.apiUrl],
    ["API reference (docs)", `${info.apiUrl}/docs`],
    ["Stripe and its checkout", info.stripeUrl || "Stripe itself"],
    ["Mail catcher", info.mailUrl || "your own mail server"],
    ["Supabase", info.supabaseUrl],
    ["Your frontend", `${info.frontendUrl}  (yours to start: mails and checkouts lead back there)`],
    ["Demo sign-in", signIn(info.demo)],
    ["Operator sign-in", signIn(info.operator)],
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  const lines = rows.map(([label, value]) => `  ${label.padEnd(width)}  ${value}`);
  process.stdout.write(
    `\nTurnpike is ready.\n\n${lines.join("\n")}\n\nNext: \`pnpm demo\` in another terminal. Ctrl-C stops everything.\n\n`,
  );
}

function signIn({ email, password }: StackInfo["demo"]): string {
  return email === "" ? "none was made in your own Supabase: see pnpm seed" : `${email}  ${password}`;
}
