import { TRPCError } from "@trpc/server";
import { expect, test } from "vitest";
import { appErrorOf, coreErrors, isDatabaseBusy, isDatabaseDown } from "@turnpike/core";

const said = (message: string, fields: Record<string, string> = {}): Error => Object.assign(new Error(message), fields);
const toldOf = (cause: Error) => appErrorOf(new TRPCError({ code: "INTERNAL_SERVER_ERROR", cause }));
const unavailable = { appCode: coreErrors.unavailable.appCode, retryAfterSec: 2 };

test.each([
  ["refused connections", said("connect", { code: "ECONNREFUSED" })],
  ["a name that does not resolve", said("getaddrinfo ENOTFOUND db", { code: "ENOTFOUND" })],
  ["a shutdown", said("terminating", { code: "57P01" })],
  ["a start-up", said("the database system is starting up", { code: "57P03", severity: "FATAL" })],
  ["too many connections", said("sorry", { code: "53300" })],
  ["a full disk", said("could not extend file", { code: "53100" })],
  ["a server that has become a replica", said("cannot execute INSERT in a read-only transaction", { code: "25006" })],
  ["a password that was changed", said("password authentication failed", { code: "28P01", severity: "FATAL" })],
  ["a connection lost in a query", said("Connection terminated unexpectedly")],
  ["a pool that is closed at the end", said("Cannot use a pool after calling end on the pool")],
  ["a pooler whose server crashed", said("server conn crashed?", { code: "08P01", severity: "FATAL" })],
  ["a pooler of Supabase", said("(ECHECKOUTTIMEOUT) no connection", { code: "XX000", severity: "FATAL" })],
  ["several addresses that all refuse", new AggregateError([said("c", { code: "ECONNREFUSED" })])],
  ["any of these as a cause", new Error("outer", { cause: said("c", { code: "08006" }) })],
])("%s count as the database being down", (_name, error) => {
  expect(isDatabaseDown(error)).toBe(true);
  expect(toldOf(error)).toMatchObject(unavailable);
});

test.each([
  ["a lock that was not given in time", "55P03"],
  ["a statement that took too long", "57014"],
  ["a deadlock", "40P01"],
])("%s is told as unavailable, and the database is up", (_name, code) => {
  const error = said("canceling statement", { code, severity: "ERROR" });
  expect(isDatabaseBusy(error)).toBe(true);
  expect(isDatabaseDown(error)).toBe(false);
  expect(toldOf(error)).toMatchObject(unavailable);
});

test("a transaction of ours that was left idle is ended by a database that is up", () => {
  const error = said("terminating connection", { code: "25P03", severity: "FATAL" });
  expect([isDatabaseDown(error), isDatabaseBusy(error)]).toEqual([false, true]);
  expect(toldOf(error)).toMatchObject(unavailable);
});

test("a statement that PostgreSQL refused is neither", () => {
  const error = said("duplicate key", { code: "23505", severity: "ERROR" });
  expect([isDatabaseDown(error), isDatabaseBusy(error)]).toEqual([false, false]);
  expect(toldOf(error)).toBeUndefined();
});
