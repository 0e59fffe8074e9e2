import { randomUUID } from "node:crypto";
import { mkdir, open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { type CryptoKey, type JWK, SignJWT, exportJWK, generateKeyPair, importJWK } from "jose";
import { z } from "zod";

const FILE = "supabase-keys.json";
const TEN_YEARS_SEC = 10 * 365 * 24 * 3600;

const KeyFile = z.object({
  signingKey: z.looseObject({ kid: z.string(), kty: z.literal("EC"), crv: z.literal("P-256"), d: z.string() }),
  anonKey: z.string(),
  serviceKey: z.string(),
});
type KeyFile = z.infer<typeof KeyFile>;

/** The project's keys: ES256 pair, its public JWK for the JWKS, and the two API keys. */
export interface Keys {
  privateKey: CryptoKey;
  publicKey: CryptoKey;
  publicJwk: JWK;
  kid: string;
  anonKey: string;
  serviceKey: string;
}

/**
 * Reads the keys kept in `dataDir`, or makes and keeps them (mode 0600) the first time, so that tokens and API keys
 * outlive a restart. Errors: names the file when it is damaged.
 */
export async function loadKeys(dataDir: string): Promise<Keys> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const path = join(dataDir, FILE);
  const file = (await readKeyFile(path)) ?? (await createKeyFile(path));
  const { d: _secret, ...publicJwk } = file.signingKey;
  return {
    privateKey: await importEs256(file.signingKey),
    publicKey: await importEs256(publicJwk),
    publicJwk: { ...publicJwk, alg: "ES256", use: "sig", key_ops: ["verify"], ext: true },
    kid: file.signingKey.kid,
    anonKey: file.anonKey,
    serviceKey: file.serviceKey,
  };
}

async function readKeyFile(path: string): Promise<KeyFile | null> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
  try {
    return KeyFile.parse(JSON.parse(text));
  } catch (error) {
    throw new Error(`${path} is damaged; remove it to get new keys (everybody has to sign in again).`, {
      cause: error,
    });
  }
}

async function createKeyFile(path: string): Promise<KeyFile> {
  const { privateKey } = await generateKeyPair("ES256", { extractable: true });
  const kid = randomUUID();
  const file = KeyFile.parse({
    signingKey: { ...(await exportJWK(privateKey)), kid },
    anonKey: await signApiKey(privateKey, kid, "anon"),
    serviceKey: await signApiKey(privateKey, kid, "service_role"),
  });
  await writeWhole(path, JSON.stringify(file, null, 2));
  return file;
}

/** A crash must leave the whole file or none, hence write, sync, rename. */
async function writeWhole(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomUUID()}`;
  const handle = await open(temporary, "wx", 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, path);
}

async function signApiKey(privateKey: CryptoKey, kid: string, role: "anon" | "service_role"): Promise<string> {
  const issuedAt = Math.floor(Date.now() / 1000);
  return new SignJWT({ role, ref: "local" })
    .setProtectedHeader({ alg: "ES256", kid, typ: "JWT" })
    .setIssuer("supabase")
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + TEN_YEARS_SEC)
    .sign(privateKey);
}

async function importEs256(jwk: JWK): Promise<CryptoKey> {
  const key = await importJWK(jwk, "ES256");
  if (key instanceof Uint8Array) throw new Error("The signing key is not an EC key.");
  return key;
}
