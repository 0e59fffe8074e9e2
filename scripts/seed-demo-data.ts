import { randomBytes } from "node:crypto";
import { seedPlans } from "./seed/seed-plans.ts";
import { seedUsers } from "./seed/seed-users.ts";
import { openPlatform } from "./stack/open-platform.ts";
import { runScript } from "./stack/run-script.ts";

const help = `pnpm seed

Puts demo data where it is missing: a demo user, an operator, plans at Stripe and here. Running it again changes nothing.
Works on the stack that runs in this folder, else on the one that the environment names; there the passwords are new random
ones, good only for users that were missing. Never in production.
`;

await runScript({
  help,
  options: {},
  async run() {
    if (process.env.NODE_ENV === "production") throw new Error("Demo data is not for production.");
    const platform = await openPlatform();
    try {
      await seedPlans(platform.deps);
      const random = (): string => randomBytes(9).toString("base64url");
      const { demo, operator } = await seedUsers(platform.deps, {
        demoPassword: platform.stack?.demo.password || random(),
        operatorPassword: platform.stack?.operator.password || random(),
      });
      process.stdout.write(
        `demo user  ${demo.email}  ${demo.password}\noperator   ${operator.email}  ${operator.password}\n`,
      );
    } finally {
      await platform.close();
    }
  },
});
