import type { LinkTemplate } from "./options.ts";

/**
 * A `linkTemplate` for products whose own pages redeem the mail: the allowed redirect target with `token_hash` and
 * `type` added, as `{{ .RedirectTo }}?token_hash={{ .TokenHash }}&type=…` in a template on Supabase.
 */
export const tokenHashLink: LinkTemplate = (kind, tokenHash, redirectTo) => {
  const url = new URL(redirectTo);
  url.searchParams.set("token_hash", tokenHash);
  url.searchParams.set("type", kind);
  return url.href;
};
