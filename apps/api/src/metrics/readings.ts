import { Counter, Gauge } from "prom-client";
import type { Registry } from "prom-client";
import type { Gauges } from "@turnpike/core";
import { remembered } from "../remembered.ts";

// Shorter than any scrape interval, and long enough for several scrapers to share a reading.
const forMs = 10_000;
const timeoutMs = 2000;

/** Gauges that are read when somebody looks. */
export interface Readings {
  watch(gauges: Gauges<void>): void;
  /** Reads all side by side and sets the gauges. Never throws: a reading that fails leaves its gauges without samples. */
  readAll(): Promise<void>;
}

/** Opens an empty list of readings, and the counter of those that fail. */
export function createReadings(registers: Registry[]): Readings {
  const errors = new Counter({
    name: "turnpike_scrape_errors_total",
    help: "Readings that failed and left their gauges without samples.",
    labelNames: ["reading"],
    registers,
  });
  const readers: (() => Promise<void>)[] = [];
  return {
    watch(reading) {
      const { name, gauges } = reading;
      const created = new Map(
        Object.entries(gauges).map(([gauge, { help, labels = [] }]) => [
          gauge,
          new Gauge({ name: gauge, help, labelNames: [...labels], registers }),
        ]),
      );
      errors.inc({ reading: name }, 0);
      const ask = remembered(() => reading.read(), { forMs, timeoutMs });
      let counted: unknown;
      readers.push(async () => {
        try {
          setGauges(created, await ask());
        } catch (error) {
          // One that is only remembered has failed no second time; several scrapes may wait for the same one.
          if (error !== counted) errors.inc({ reading: name });
          counted = error;
          setGauges(created, {});
        }
      });
    },
    async readAll() {
      await Promise.all(readers.map((read) => read()));
    },
  };
}

type Values = Awaited<ReturnType<Gauges<void>["read"]>>;

/** Nothing that was true before stays: a gauge without a value has no sample, which an alert can tell from 0. */
function setGauges(gauges: ReadonlyMap<string, Gauge>, values: Values): void {
  for (const [name, gauge] of gauges) {
    const value = values[name];
    gauge.reset();
    if (typeof value === "number") gauge.set(value);
    // A gauge without labels is set to 0 by its reset.
    if (value === undefined) gauge.remove({});
    if (typeof value === "object") for (const sample of value) gauge.set({ ...sample.labels }, sample.value);
  }
}
