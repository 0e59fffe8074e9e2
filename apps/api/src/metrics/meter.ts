import { collectDefaultMetrics, Counter, Gauge, Registry } from "prom-client";
import type { Counter as DeclaredCounter, Gauges, Metrics } from "@turnpike/core";
import { createProcessCounts } from "./process-counts.ts";
import type { ProcessCounts } from "./process-counts.ts";
import { createReadings } from "./readings.ts";

/** What this process knows of itself, as Prometheus reads it. */
export interface Meter extends Metrics, ProcessCounts {
  /** Adds gauges that are read when somebody looks, at most every ten seconds and one reading at a time. */
  watch(gauges: Gauges<void>): void;
  /** All of it in the text format 0.0.4. A reading that fails has no samples, and is counted by its name. */
  scrape(): Promise<string>;
  contentType: string;
}

/** Opens a registry of its own. `counters` start at 0; `about` becomes the labels of `turnpike_build_info`. */
export function createMeter(counters: readonly DeclaredCounter[], about: Record<string, string>): Meter {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const help = "1; its labels say what runs here.";
  new Gauge({ name: "turnpike_build_info", help, labelNames: Object.keys(about), registers }).set(about, 1);
  const readings = createReadings(registers);
  return {
    ...createProcessCounts(registers),
    count: createCount(counters, registers),
    watch: (gauges) => readings.watch(gauges),
    scrape: singleFlight(async () => {
      await readings.readAll();
      return registry.metrics();
    }),
    contentType: registry.contentType,
  };
}

function createCount(declared: readonly DeclaredCounter[], registers: Registry[]): Metrics["count"] {
  const counters = new Map<string, Counter>();
  const counterOf = ({ name, help, label, values }: DeclaredCounter): Counter => {
    const known = counters.get(name);
    if (known) return known;
    const counter = new Counter({ name, help, labelNames: [label], registers });
    for (const value of values) counter.inc({ [label]: value }, 0);
    counters.set(name, counter);
    return counter;
  };
  declared.forEach(counterOf);
  return (counter, value) => counterOf(counter).inc({ [counter.label]: value });
}

/** Whoever comes while one is at work gets the result of that one. */
function singleFlight<T>(work: () => Promise<T>): () => Promise<T> {
  let open: Promise<T> | undefined;
  return () => (open ??= work().finally(() => (open = undefined)));
}
