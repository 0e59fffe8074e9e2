import { systemCtx } from "@turnpike/api";
import type { Deps } from "@turnpike/core";
import { ensureUser } from "./ensure-user.ts";

/** A login of the demo. */
export interface Login {
  email: string;
  password: string;
}

/** Makes a demo user and an operator where they are missing. Running it again changes nothing. */
export async function seedUsers(
  deps: Deps,
  passwords: { demoPassword: string; operatorPassword: string },
): Promise<{ demo: Login; operator: Login }> {
  const ctx = systemCtx(deps, "seed");
  const demo = { email: "demo@turnpike.test", password: passwords.demoPassword };
  const operator = { email: "operator@turnpike.test", password: passwords.operatorPassword };
  await ensureUser(ctx, { ...demo, fullName: "Demo Customer", isOperator: false });
  await ensureUser(ctx, { ...operator, fullName: "Demo Operator", isOperator: true });
  return { demo, operator };
}
