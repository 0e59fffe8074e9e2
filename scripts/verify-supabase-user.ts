import { systemCtx } from "@turnpike/api";
import { findUserByEmail } from "@turnpike/auth";
import { openPlatform } from "./stack/open-platform.ts";
import { runScript } from "./stack/run-script.ts";

const help = `pnpm verify-user EMAIL

Confirms a user's address without the mail. Works on the stack that runs in this folder, else on the one that the environment names.
`;

await runScript({
  help,
  options: {},
  argument: "e-mail address",
  async run({ argument: email }) {
    const platform = await openPlatform();
    try {
      const ctx = systemCtx(platform.deps, "scripts.verify_user");
      const user = await findUserByEmail(ctx, email);
      if (!user) throw new Error("There is no user of this address.");
      if (user.emailConfirmedAt) return void process.stdout.write("confirmed already\n");
      const { error } = await ctx.supabase.service.auth.admin.updateUserById(user.id, { email_confirm: true });
      if (error) throw error;
      process.stdout.write("confirmed\n");
    } finally {
      await platform.close();
    }
  },
});
