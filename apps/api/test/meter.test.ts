import { expect, test, vi } from "vitest";
import { defineCounter } from "@turnpike/core";
import { createMeter } from "../src/metrics/meter.ts";
import { readMetrics, valueOf } from "./metric-text.ts";

const eggs = defineCounter({
  name: "turnpike_hens_eggs_total",
  help: "Eggs by their color.",
  label: "color",
  values: ["brown", "white"],
});
const newMeter = () => createMeter([eggs], { version: "1.2.3" });
const scrape = async (meter: ReturnType<typeof newMeter>) => readMetrics(await meter.scrape());

test("a declared counter starts at 0 for each of its values and counts them apart", async () => {
  const meter = newMeter();
  meter.count(eggs, "brown");
  meter.count(eggs, "brown");
  const samples = await scrape(meter);
  expect(valueOf(samples, eggs.name, { color: "brown" })).toBe(2);
  expect(valueOf(samples, eggs.name, { color: "white" })).toBe(0);
});

test("times fall into buckets of seconds, and outcomes are told apart", async () => {
  const meter = newMeter();
  meter.called({ path: "hens.feed", type: "mutation", outcome: "ok", durationMs: 40 });
  meter.called({ path: "hens.feed", type: "mutation", outcome: "conflict", durationMs: 400 });
  meter.ran({ queue: "hens.lay", outcome: "failed", durationMs: 70_000 });
  const samples = await scrape(meter);
  const within = (le: string) =>
    valueOf(samples, "turnpike_call_duration_seconds_bucket", { procedure: "hens.feed", le });
  expect([within("0.025"), within("0.05"), within("0.25"), within("0.5"), within("+Inf")]).toEqual([0, 1, 1, 2, 2]);
  expect(valueOf(samples, "turnpike_calls_total", { procedure: "hens.feed", outcome: "conflict" })).toBe(1);
  expect(valueOf(samples, "turnpike_jobs_runs_total", { queue: "hens.lay", outcome: "failed" })).toBe(1);
});

test("a method that nobody knows becomes no label", async () => {
  const meter = newMeter();
  meter.served({ route: "unmatched", method: "BREW", status: 404, durationMs: 1 });
  expect(valueOf(await scrape(meter), "turnpike_http_requests_total", { method: "other", status: "404" })).toBe(1);
});

test("a reading is shared by scrapes, and one that fails or hangs leaves a gap and is counted by its name", async () => {
  const meter = newMeter();
  const read = vi.fn<() => Promise<{ turnpike_hens: number }>>(async () => ({ turnpike_hens: 12 }));
  const gauges = { turnpike_hens: { help: "Hens." } };
  meter.watch({ name: "hens", gauges, read });
  meter.watch({
    name: "geese",
    gauges: { turnpike_geese: { help: "Geese." } },
    read: () => Promise.reject(new Error("they flew off")),
  });
  meter.watch({
    name: "ducks",
    gauges: { turnpike_ducks: { help: "Ducks.", labels: ["pond"] } },
    read: () => Promise.withResolvers<never>().promise,
  });
  const [first] = await Promise.all([scrape(meter), scrape(meter), scrape(meter)]);
  expect(read).toHaveBeenCalledTimes(1);
  expect(valueOf(first, "turnpike_hens")).toBe(12);
  expect(first.filter(({ name }) => name === "turnpike_geese" || name === "turnpike_ducks")).toEqual([]);
  const failed = (reading: string) => valueOf(first, "turnpike_scrape_errors_total", { reading });
  expect([failed("hens"), failed("geese"), failed("ducks")]).toEqual([0, 1, 1]);
  // Within ten seconds the same failure is shown again, and nobody has failed twice.
  const second = await scrape(meter);
  expect(valueOf(second, "turnpike_scrape_errors_total", { reading: "geese" })).toBe(1);
});

test("samples of a gauge that are gone do not stay", async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  const meter = newMeter();
  const herd = [{ labels: { of: "hens" }, value: 3 }];
  meter.watch({
    name: "herd",
    gauges: { turnpike_herd: { help: "Animals.", labels: ["of"] } },
    read: async () => ({ turnpike_herd: herd.splice(0) }),
  });
  expect(valueOf(await scrape(meter), "turnpike_herd", { of: "hens" })).toBe(3);
  vi.advanceTimersByTime(9999);
  expect(valueOf(await scrape(meter), "turnpike_herd", { of: "hens" })).toBe(3);
  vi.advanceTimersByTime(1);
  expect(valueOf(await scrape(meter), "turnpike_herd")).toBeUndefined();
  vi.useRealTimers();
});

test("the event loop's delay, memory and what runs are there from the start", async () => {
  const samples = await scrape(newMeter());
  expect(valueOf(samples, "nodejs_eventloop_lag_p99_seconds")).toEqual(expect.any(Number));
  expect(valueOf(samples, "process_resident_memory_bytes")).toBeGreaterThan(1e6);
  expect(valueOf(samples, "turnpike_build_info", { version: "1.2.3" })).toBe(1);
});
