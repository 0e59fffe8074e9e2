import express from "express";
import { authRouter } from "./auth/auth-router.ts";
import type { Auth } from "./auth/auth.ts";
import { openAuthDatabase } from "./auth/database.ts";
import { answerErrors } from "./auth/http/answer-errors.ts";
import { allowCors } from "./auth/http/gateway.ts";
import { createMailer } from "./auth/mail/mailer.ts";
import { createPasswords } from "./auth/passwords.ts";
import { loadKeys } from "./keys.ts";
import { closeServer, listenOnLoopback } from "./listen.ts";
import { type SupabaseOptions, readOptions } from "./options.ts";
import { refuseProduction } from "./refuse-production.ts";

/** A running local Supabase. `issuer` is the `iss` of its access tokens; keys are opaque to clients. */
export interface LocalSupabase {
  url: string;
  anonKey: string;
  serviceKey: string;
  issuer: string;
  /** Answers what is under way, then frees port and connections. May be called again. */
  stop(): Promise<void>;
}

/**
 * Starts Auth over HTTP on loopback, for unmodified supabase-js, on a database that `bootstrapDatabase` prepared.
 * Errors: wrong options, a damaged key file, a database that cannot be reached; refuses NODE_ENV=production.
 */
export async function startSupabase(options: SupabaseOptions): Promise<LocalSupabase> {
  refuseProduction("startSupabase");
  const settings = readOptions(options);
  const keys = await loadKeys(settings.dataDir);
  const passwords = await createPasswords();
  const db = openAuthDatabase(settings.databaseUrl, settings.onError);
  try {
    await db.selectFrom("users").select("id").limit(1).execute();
    const { server, url } = await listenOnLoopback(settings.port);
    const issuer = `${url}/auth/v1`;
    const mailer = createMailer(settings, `${issuer}/verify`);
    const auth: Auth = { settings, keys, db, mailer, passwords, issuer };
    server.on("request", supabaseApp(auth));
    const stopOnce = once(async () => {
      await closeServer(server);
      mailer.close();
      await db.destroy();
    });
    return { url, anonKey: keys.anonKey, serviceKey: keys.serviceKey, issuer, stop: stopOnce };
  } catch (error) {
    await db.destroy();
    throw error;
  }
}

function once(run: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => (running ??= run());
}

function supabaseApp(auth: Auth): express.Express {
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.use(allowCors);
  app.use("/auth/v1", authRouter(auth));
  app.use((_request, response) => {
    response.status(404).json({ message: "no Route matched with those values" });
  });
  // Express would answer its own errors with a stack.
  app.use(answerErrors(auth));
  return app;
}
