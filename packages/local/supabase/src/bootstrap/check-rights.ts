import type pg from "pg";
import { MissingRightsError } from "./missing-rights-error.ts";

interface Facts {
  me: string;
  database: string;
  version: number;
  superuser: boolean;
  createrole: boolean;
  bypassrls: boolean;
  owns_database: boolean;
  /** Of the roles the bootstrap needs, those that do not exist. */
  absent_roles: string[];
  /** Owners of our schemas that exist and whose role this one can neither take nor grant itself. */
  closed_roles: string[];
  /** Extensions that are there to be created, by a superuser only. */
  closed_extensions: string[];
}

const factsQuery = `
  select me.rolname as me, current_database() as database, current_setting('server_version_num')::int / 10000 as version,
    me.rolsuper as superuser, me.rolcreaterole as createrole, me.rolbypassrls as bypassrls,
    (select pg_has_role(datdba, 'USAGE') from pg_database where datname = current_database()) as owns_database,
    array(
      select name from unnest($1::text[]) with ordinality as wanted (name, place)
      where not exists (select from pg_roles where rolname = name) order by place
    ) as absent_roles,
    array(
      select rolname::text from pg_roles
      where rolname = any ($2::text[])
        and not pg_has_role(oid, 'MEMBER WITH ADMIN OPTION')
        and not case
          when current_setting('server_version_num')::int >= 160000 then pg_has_role(oid, 'MEMBER') and pg_has_role(oid, 'USAGE')
          else me.rolcreaterole or pg_has_role(oid, 'USAGE')
        end
    ) as closed_roles,
    array(
      select v.name::text from pg_available_extensions e
      join pg_available_extension_versions v on v.name = e.name and v.version = e.default_version
      where e.name = any ($3::text[]) and e.installed_version is null and v.superuser and not v.trusted
    ) as closed_extensions
  from pg_roles me
  where me.rolname = current_user`;

const roles = [
  "anon",
  "authenticated",
  "service_role",
  "authenticator",
  "supabase_auth_admin",
  "supabase_storage_admin",
];
const schemaOwners = ["supabase_auth_admin", "supabase_storage_admin"];
const extensions = ["pgcrypto", "citext", "uuid-ossp"];

/**
 * Checks beforehand whether the connection's role may do what the bootstrap does; a superuser may.
 * Errors: {@link MissingRightsError} with everything that is missing at once.
 */
export async function checkRights(client: pg.Client): Promise<void> {
  const { rows } = await client.query<Facts>(factsQuery, [roles, schemaOwners, extensions]);
  const facts = rows[0];
  if (facts === undefined || facts.superuser) return;
  const missing = missingRights(facts);
  if (missing.length > 0) throw new MissingRightsError(facts.me, facts.database, missing);
}

function missingRights(facts: Facts): string[] {
  const { me, database, version, absent_roles: absent } = facts;
  const missing: string[] = [];
  if (!facts.owns_database) missing.push(`ownership of the database: alter database "${database}" owner to "${me}"`);
  if (absent.length > 0 && !facts.createrole)
    missing.push(`CREATEROLE, to create ${absent.join(", ")}: alter role "${me}" createrole`);
  if (!facts.bypassrls)
    missing.push(
      `BYPASSRLS, for service_role and for the functions that the migrations create: alter role "${me}" bypassrls`,
    );
  if (absent.includes("service_role") && version < 16)
    missing.push(
      "service_role: before PostgreSQL 16 only a superuser may create a role with BYPASSRLS: " +
        "create role service_role nologin noinherit bypassrls",
    );
  for (const role of facts.closed_roles) missing.push(`membership of ${role}: grant ${role} to "${me}"`);
  for (const extension of facts.closed_extensions)
    missing.push(`the extension ${extension}: create extension "${extension}" schema extensions`);
  return missing;
}
