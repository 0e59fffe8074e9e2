import { createClient } from "@supabase/supabase-js";
import type { SupabaseClient } from "@supabase/supabase-js";
import type { Env, SupabaseClients } from "@turnpike/core";

/**
 * The Supabase clients. A client that signs in or is given a session acts as that user from then on, its database and
 * storage calls included; so there is a new one for each use, and the service client never does any of it.
 */
export function createSupabaseClients(
  env: Pick<Env, "SUPABASE_URL" | "SUPABASE_ANON_KEY" | "SUPABASE_SERVICE_KEY">,
): SupabaseClients {
  const auth = { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false };
  const clientOf = (key: string): SupabaseClient => createClient<unknown>(env.SUPABASE_URL, key, { auth });
  const anonymous = () => clientOf(env.SUPABASE_ANON_KEY);
  return {
    anonymous,
    async asUser(accessToken) {
      const client = anonymous();
      // The refresh token stays with its owner; supabase-js wants some text in its place.
      const { error } = await client.auth.setSession({ access_token: accessToken, refresh_token: "unused" });
      if (error) throw error;
      return client;
    },
    service: clientOf(env.SUPABASE_SERVICE_KEY),
  };
}
