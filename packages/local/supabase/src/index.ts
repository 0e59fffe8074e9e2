export { bootstrapDatabase } from "./bootstrap/bootstrap-database.ts";
export { MissingRightsError } from "./bootstrap/missing-rights-error.ts";
export { RealSupabaseError } from "./bootstrap/real-supabase-error.ts";
export type { LinkTemplate, MailKind, SupabaseOptions } from "./options.ts";
export { tokenHashLink } from "./token-hash-link.ts";
export { type LocalSupabase, startSupabase } from "./start-supabase.ts";
