import { expect, test } from "vitest";
import { stripeMirror } from "@turnpike/core";
import type { StripeMirror, StripeRef } from "@turnpike/core";
import type { InboxRow } from "../src/queries.ts";
import { RowsFailedError } from "../src/rows-failed-error.ts";
import { planObjects } from "../src/service/plan-objects.ts";
import { eventOf } from "./webhook-bed.ts";

/** A mirror of one kind of object that finds its refs in the payload's `names`. */
const mirrorOf = (object: string): StripeMirror =>
  stripeMirror({
    object,
    refs(event) {
      const payload: { object?: string; names?: StripeRef[] } = event.data.object;
      if (event.type === "invoice.paid") throw new TypeError("no such field");
      return (payload.names ?? []).filter((ref) => ref.object === object);
    },
    read: async () => null,
    apply: async () => undefined,
  });

const mirrors = [mirrorOf("product"), mirrorOf("price")];

function rowOf(id: string, object: object, envelope: object = {}): InboxRow {
  const event = eventOf({ ...envelope, id: `evt_${id}`, object });
  return {
    id,
    body: JSON.stringify(event),
    provider: "stripe",
    event_id: event.id,
    type: event.type,
    api_version: null,
    is_live: false,
    event_created_at: new Date(0),
    subject: "product:prod_1",
    status: "pending",
    attempts: 0,
    faults: 0,
    last_error: null,
    due_at: new Date(0),
    received_at: new Date(0),
    processed_at: null,
  };
}

const price = { object: "price", id: "price_1" };
const product = { object: "product", id: "prod_1" };
const summary = (rows: InboxRow[]) =>
  planObjects(mirrors, rows, false).objects.map(({ mirror, id, event, rowIds }) => [
    mirror.object,
    id,
    event.id,
    rowIds,
  ]);

test("each object is planned once, in the order of the mirrors, with every event that named it", () => {
  const rows = [rowOf("a", { ...price, names: [price] }), rowOf("b", { ...product, names: [price, product, product] })];
  expect(summary(rows)).toEqual([
    ["product", "prod_1", "evt_b", ["b"]],
    ["price", "price_1", "evt_a", ["a", "b"]],
  ]);
});

test("the newest event about an object goes before a newer one that only names it", () => {
  const about = [rowOf("a", { ...price, names: [price] }), rowOf("b", { ...price, names: [price] })];
  const naming = [rowOf("c", { ...product, names: [price] }), rowOf("d", { ...product, names: [price] })];
  expect(summary([...about, ...naming])).toEqual([["price", "price_1", "evt_b", ["a", "b", "c", "d"]]]);
  expect(summary(naming)).toEqual([["price", "price_1", "evt_d", ["c", "d"]]]);
});

test("events of another mode or account, of nothing mirrored and without ids are unwanted", () => {
  const rows = [
    rowOf("live", { names: [price] }, { livemode: true }),
    rowOf("account", { names: [price] }, { account: "acct_1" }),
    rowOf("other", { names: [{ object: "charge", id: "ch_1" }] }),
    rowOf("blank", { names: [{ object: "price", id: "" }, { object: "price" }] }),
  ];
  expect(planObjects(mirrors, rows, false)).toEqual({ objects: [], unwantedIds: rows.map(({ id }) => id) });
});

test("a shape that a mirror cannot read is laid on its event alone", () => {
  const rows = [rowOf("a", { names: [price] }), rowOf("b", {}, { type: "invoice.paid" })];
  const plan = () => planObjects(mirrors, rows, false);
  expect(plan).toThrow(RowsFailedError);
  expect(plan).toThrow(expect.objectContaining({ rowIds: ["b"], cause: expect.any(TypeError) }));
});
