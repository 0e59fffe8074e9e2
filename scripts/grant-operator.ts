import { systemCtx } from "@turnpike/api";
import { findUserByEmail, setOperator } from "@turnpike/auth";
import { openPlatform } from "./stack/open-platform.ts";
import { runScript } from "./stack/run-script.ts";

const help = `pnpm grant-operator EMAIL

Makes a user an operator, a platform administrator. Works on the stack that runs in this folder, else on the one that the environment names.
`;

await runScript({
  help,
  options: {},
  argument: "e-mail address",
  async run({ argument: email }) {
    const platform = await openPlatform();
    try {
      const ctx = systemCtx(platform.deps, "scripts.grant_operator");
      const user = await findUserByEmail(ctx, email);
      if (!user) throw new Error("There is no user of this address.");
      const hasChanged = await setOperator(ctx, user.id);
      process.stdout.write(hasChanged ? "is an operator now\n" : "was an operator already\n");
    } finally {
      await platform.close();
    }
  },
});
