import { setOperator } from "@turnpike/auth";
import { runScript } from "./stack/run-script.ts";
import { withUser } from "./stack/with-user.ts";

const help = `pnpm grant-operator EMAIL

Makes a user an operator, a platform administrator. Works on the stack that runs in this folder, else on the one that the environment names.
`;

await runScript({
  help,
  options: {},
  argument: "e-mail address",
  run: ({ argument: email }) =>
    withUser("scripts.grant_operator", email, async (ctx, user) =>
      (await setOperator(ctx, user.id)) ? "is an operator now" : "was an operator already",
    ),
});
