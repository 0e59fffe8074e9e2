/** Throws in production: a stand-in with mails on loopback and keys on disk must never guard real accounts. */
export function refuseProduction(what: string): void {
  if (process.env["NODE_ENV"] === "production") {
    throw new Error(`${what} is part of the local Supabase and refuses NODE_ENV=production.`);
  }
}
