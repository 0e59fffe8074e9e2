import type { Ctx } from "@turnpike/core";

/** Where a confirmation mail leads; mail templates add `?token_hash=…`, which `auth.confirmEmail` takes. */
export function confirmationUrl(ctx: Ctx): string {
  return new URL("/auth/confirm", ctx.config.frontendUrl).href;
}

/** Where a reset mail leads; mail templates add `?token_hash=…`, which `auth.resetPassword` takes. */
export function passwordResetUrl(ctx: Ctx): string {
  return new URL("/auth/reset-password", ctx.config.frontendUrl).href;
}
