import type { Deps } from "@turnpike/core";

function absent(): never {
  throw new Error("this test app has no Supabase: pass `supabase` to createTestApp");
}

/** Stands where a test needs no Supabase: every use fails loudly. */
export const noSupabase: Deps["supabase"] = {
  anonymous: absent,
  asUser: absent,
  get service() {
    return absent();
  },
};
