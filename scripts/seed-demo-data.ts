import { seed } from "./seed/seed.ts";
import { openPlatform } from "./stack/open-platform.ts";
import { runScript } from "./stack/run-script.ts";

const help = `pnpm seed

Puts demo data where it is missing: a demo user, an operator, plans at Stripe and here. Running it again changes nothing.
Works on the stack that runs in this folder, else on the one that the environment names. Never in production.
`;

await runScript({
  help,
  options: {},
  async run() {
    if (process.env.NODE_ENV === "production") throw new Error("Demo data has known passwords: not in production.");
    const platform = await openPlatform();
    try {
      const { demo, operator } = await seed(platform.deps);
      process.stdout.write(
        `demo user  ${demo.email}  ${demo.password}\noperator   ${operator.email}  ${operator.password}\n`,
      );
    } finally {
      await platform.close();
    }
  },
});
