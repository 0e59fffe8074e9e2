import { runScript } from "./stack/run-script.ts";
import { withUser } from "./stack/with-user.ts";

const help = `pnpm verify-user EMAIL

Confirms a user's address without the mail. Works on the stack that runs in this folder, else on the one that the environment names.
`;

await runScript({
  help,
  options: {},
  argument: "e-mail address",
  run: ({ argument: email }) =>
    withUser("scripts.verify_user", email, async (ctx, user) => {
      if (user.emailConfirmedAt) return "confirmed already";
      const { error } = await ctx.supabase.service.auth.admin.updateUserById(user.id, { email_confirm: true });
      if (error) throw error;
      return "confirmed";
    }),
});
