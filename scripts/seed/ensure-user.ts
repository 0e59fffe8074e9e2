import { findUserByEmail, setOperator } from "@turnpike/auth";
import type { Ctx } from "@turnpike/core";

interface SeedUser {
  email: string;
  password: string;
  fullName: string;
  isOperator: boolean;
}

/** Creates a confirmed user unless there is one of that address, who keeps the password it has. */
export async function ensureUser(ctx: Ctx, user: SeedUser): Promise<void> {
  const found = await findUserByEmail(ctx, user.email);
  const userId = found?.id ?? (await createUser(ctx, user));
  if (user.isOperator) await setOperator(ctx, userId);
}

async function createUser(ctx: Ctx, { email, password, fullName }: SeedUser): Promise<string> {
  const { data, error } = await ctx.supabase.service.auth.admin.createUser({
    email,
    password,
    email_confirm: true,
    user_metadata: { full_name: fullName },
  });
  if (error) throw error;
  return data.user.id;
}
