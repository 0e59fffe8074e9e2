import type { Request } from "express";
import { z } from "zod";
import type { AdminUserInput } from "../admin/save-user.ts";
import { readEmailAddress } from "../email-address.ts";
import { invalid } from "../errors.ts";
import { phoneDisabled } from "./mail-routes.ts";
import { isUuid } from "./read-caller.ts";
import { Metadata, Text, readBody } from "./read-request.ts";

const AdminUserBody = z.object({
  id: Text,
  email: Text,
  phone: Text,
  password: Text,
  password_hash: Text,
  email_confirm: z.boolean().nullish(),
  user_metadata: Metadata,
  app_metadata: Metadata,
  role: z.string().max(255).nullish(),
  ban_duration: Text,
});
const NIL_UUID = "00000000-0000-0000-0000-000000000000";
const BCRYPT_HASH = /^\$2[aby]?\$\d{2}\$[./A-Za-z0-9]{53}$/;

/** Reads what the service role wants a user to be. Errors: 400 `bad_json`, `validation_failed`, `phone_provider_disabled`. */
export function readAdminUser(request: Request): AdminUserInput {
  const body = readBody(AdminUserBody, request);
  if (body.phone !== "") throw phoneDisabled();
  if (body.id !== "" && !isUuid(body.id)) throw invalid("ID must conform to the uuid v4 format");
  if (body.id === NIL_UUID) throw invalid("ID cannot be a nil uuid");
  if (body.password !== "" && body.password_hash !== "") {
    throw invalid("Only a password or a password hash should be provided");
  }
  if (body.password_hash !== "" && !BCRYPT_HASH.test(body.password_hash)) {
    throw invalid("The password hash must be a bcrypt hash");
  }
  return {
    id: given(body.id),
    email: body.email === "" ? null : readEmailAddress(body.email),
    password: given(body.password),
    passwordHash: given(body.password_hash),
    isConfirmed: body.email_confirm ?? false,
    userMetadata: body.user_metadata,
    appMetadata: body.app_metadata,
    role: given(body.role?.trim() ?? ""),
    banDuration: given(body.ban_duration),
  };
}

function given(text: string): string | null {
  return text === "" ? null : text;
}
