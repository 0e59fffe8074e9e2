import type { Request } from "express";
import type { VerifiedToken } from "@turnpike/auth";
import { actorOfToken } from "@turnpike/auth";
import type { Actor, Ctx, Deps, RequestInfo } from "@turnpike/core";
import { coreErrors, createCtx } from "@turnpike/core";

/** Checks an access token; null when it is not one of ours, over, or forged. */
export type VerifyToken = (token: string) => Promise<VerifiedToken | null>;

const anonymous: Actor = { type: "anonymous" };
const bearer = /^Bearer ([\w.~+/=-]{1,8192})$/i;

/** What is known of a request besides its actor. */
function requestInfo(req: Request): RequestInfo {
  return {
    requestId: req.get("x-request-id") ?? "",
    clientAddress: req.ip ?? "unknown",
    organizationId: req.get("turnpike-organization") ?? null,
    idempotencyKey: req.get("idempotency-key") ?? null,
  };
}

/** The context of a request: headers → actor. No header is a visitor; a header that proves nothing is refused. */
export async function ctxOfRequest(deps: Deps, verifyToken: VerifyToken, req: Request): Promise<Ctx> {
  const info = requestInfo(req);
  const header = req.get("authorization");
  if (header === undefined) return createCtx(deps, anonymous, info);
  try {
    return createCtx(deps, await actorOf(deps, verifyToken, header, info), info);
  } catch (error) {
    return createCtx(deps, anonymous, { ...info, refusal: error instanceof Error ? error : new Error(String(error)) });
  }
}

async function actorOf(deps: Deps, verifyToken: VerifyToken, header: string, info: RequestInfo): Promise<Actor> {
  const token = bearer.exec(header)?.[1];
  const verified = token === undefined ? null : await verifyToken(token);
  if (token === undefined || !verified) throw coreErrors.unauthenticated();
  return actorOfToken(createCtx(deps, anonymous, info), verified, token);
}
