import type { StackInfo } from "./stack-file.ts";

/** Prints where everything is, once. */
export function printReady(info: StackInfo): void {
  const rows: [string, string][] = [
    ["API", info.apiUrl],
    ["Checkout (local Stripe)", info.stripeUrl || "the real one"],
    ["Mail catcher", info.mailUrl || "the real one"],
    ["Supabase", info.supabaseUrl],
    ["Docs", `${info.apiUrl}/docs`],
    ["Demo sign-in", `${info.demo.email}  ${info.demo.password}`],
    ["Operator sign-in", `${info.operator.email}  ${info.operator.password}`],
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  const lines = rows.map(([label, value]) => `  ${label.padEnd(width)}  ${value}`);
  process.stdout.write(
    `\nTurnpike is ready.\n\n${lines.join("\n")}\n\nNext: \`pnpm demo\` in another terminal. Ctrl-C stops everything.\n\n`,
  );
}
