import { systemCtx } from "@turnpike/api";
import { findUserByEmail } from "@turnpike/auth";
import type { Ctx } from "@turnpike/core";
import { openPlatform } from "./open-platform.ts";

type User = NonNullable<Awaited<ReturnType<typeof findUserByEmail>>>;

/** Does something with the user of an address, as a job of ours. Prints the answer. Errors: there is no such user. */
export async function withUser(
  job: string,
  email: string,
  work: (ctx: Ctx, user: User) => Promise<string>,
): Promise<void> {
  const platform = await openPlatform();
  try {
    const ctx = systemCtx(platform.deps, job);
    const user = await findUserByEmail(ctx, email);
    if (!user) throw new Error("There is no user of this address.");
    process.stdout.write(`${await work(ctx, user)}\n`);
  } finally {
    await platform.close();
  }
}
