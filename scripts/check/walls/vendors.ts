import { packageOfSpecifier } from "../imports.ts";
import { lineAt, type Finding, type SourceFile, type Workspace } from "../workspace.ts";

/** Vendors' packages and the domains that may know their types; every other domain talks to a port of core. */
const vendors: Readonly<Record<string, readonly string[]>> = {
  stripe: ["products", "billing", "webhooks"],
  "@supabase/supabase-js": ["auth", "storage"],
  ioredis: [],
  redis: [],
  nodemailer: [],
  resend: [],
  pg: [],
  "pg-boss": [],
  "rate-limiter-flexible": [],
  pino: [],
};

const construction = /\bnew Stripe\(|\bcreateClient\(/g;

/** A vendor's SDK stays out of domains, except where its types are the subject; its clients are made by apps/api alone. */
export function checkVendors({ packages }: Workspace): Finding[] {
  return packages
    .filter(({ layer }) => layer === "domain")
    .flatMap(({ folder, files }) => {
      const module = folder.slice(folder.lastIndexOf("/") + 1);
      return files.filter((file) => !file.isTest).flatMap((file) => [...imports(module, file), ...constructions(file)]);
    });
}

function imports(module: string, file: SourceFile): Finding[] {
  return file.imports.flatMap(({ specifier, line }) => {
    const name = packageOfSpecifier(specifier) ?? "";
    const isBanned = name.startsWith("@aws-sdk/") || (name in vendors && !vendors[name]?.includes(module));
    return isBanned
      ? [{ file: `${file.path}:${line}`, message: `imports ${name}; a domain talks to the port in ctx` }]
      : [];
  });
}

function constructions({ path, text }: SourceFile): Finding[] {
  return [...text.matchAll(construction)].map((match) => ({
    file: `${path}:${lineAt(text, match.index)}`,
    message: `makes a vendor's client (${match[0]}…); it is handed in through ctx`,
  }));
}
