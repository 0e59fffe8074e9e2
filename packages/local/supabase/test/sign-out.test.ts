import { afterAll, beforeAll, expect, test } from "vitest";
import { createConfirmed, signIn } from "./support/accounts.ts";
import { raw } from "./support/raw-request.ts";
import { type Project, startProject } from "./support/start-project.ts";

let project: Project;
beforeAll(async () => {
  project = await startProject();
});
afterAll(() => project.stop());

/** A user with three sessions, and which of them are alive. */
async function threeSessions() {
  const { email } = await createConfirmed(project);
  const sessions = [await signIn(project, email), await signIn(project, email), await signIn(project, email)] as const;
  const alive = () =>
    Promise.all(
      sessions.map(async ({ session }) => {
        const { error } = await project.client().auth.refreshSession({ refresh_token: session.refresh_token });
        return error === null;
      }),
    );
  return { sessions, alive };
}

test.each([
  ["local", [false, true, true]],
  ["others", [true, false, false]],
  ["global", [false, false, false]],
] as const)("signing out with scope %s leaves the sessions %j", async (scope, expected) => {
  const { sessions, alive } = await threeSessions();
  const { error } = await sessions[0].client.auth.signOut({ scope });
  expect(error).toBeNull();
  expect(await alive()).toEqual(expected);
});

test("the service role signs out by the user's token, and the default scope is global", async () => {
  const { sessions, alive } = await threeSessions();
  const { error } = await project.admin.auth.admin.signOut(sessions[1].session.access_token);
  expect(error).toBeNull();
  expect(await alive()).toEqual([false, false, false]);
});

test("an access token of an ended session is refused by name", async () => {
  const { sessions } = await threeSessions();
  const headers = { authorization: `Bearer ${sessions[0].session.access_token}` };
  const signedOut = await raw(project, "POST", "/logout?scope=local", { headers });
  expect([signedOut.status, signedOut.text]).toEqual([204, ""]);
  expect(await raw(project, "GET", "/user", { headers })).toMatchObject({
    status: 403,
    json: { error_code: "session_not_found" },
  });
});

test("an unknown scope is refused and ends nothing", async () => {
  const { sessions, alive } = await threeSessions();
  const answer = await raw(project, "POST", "/logout?scope=mine", {
    headers: { authorization: `Bearer ${sessions[0].session.access_token}` },
  });
  expect(answer).toMatchObject({ status: 400, json: { error_code: "validation_failed" } });
  expect(await alive()).toEqual([true, true, true]);
});
