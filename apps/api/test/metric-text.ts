/** One sample of a scrape: `name{labels} value`. */
export interface MetricSample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

const comment = /^# (?:HELP [a-zA-Z_:][\w:]* .*|TYPE [a-zA-Z_:][\w:]* (?:counter|gauge|histogram|summary|untyped))$/;
const line = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (-?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|Inf)|\+Inf|NaN)$/i;
const label = /([a-zA-Z_]\w*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/y;

/**
 * Reads the text format 0.0.4 as strictly as Prometheus does: every sample belongs to a metric whose type was said before,
 * no sample comes twice. Errors: a line that is none.
 * Source: https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function readMetrics(text: string): MetricSample[] {
  if (!text.endsWith("\n")) throw new Error("the last line does not end");
  const types = new Set<string>();
  const seen = new Set<string>();
  return text.split("\n").flatMap((row) => {
    if (row === "") return [];
    if (row.startsWith("#")) {
      if (!comment.test(row)) throw new Error(`not a comment of the format: ${row}`);
      if (row.startsWith("# TYPE ")) types.add(row.split(" ")[2] ?? "");
      return [];
    }
    const [, name = "", labels = "", value = ""] = line.exec(row) ?? [];
    if (name === "") throw new Error(`not a sample: ${row}`);
    const family = name.replace(/_(?:bucket|sum|count)$/, "");
    if (!types.has(name) && !types.has(family)) throw new Error(`no type for: ${row}`);
    const key = `${name}{${labels}}`;
    if (seen.has(key)) throw new Error(`twice: ${row}`);
    seen.add(key);
    return [{ name, labels: readLabels(labels), value: Number(value.replace("Inf", "Infinity")) }];
  });
}

function readLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  label.lastIndex = 0;
  while (label.lastIndex < text.length) {
    const [, name, value] = label.exec(text) ?? [];
    if (name === undefined || value === undefined) throw new Error(`not labels: ${text}`);
    labels[name] = value;
  }
  return labels;
}

/** The value of the one sample with this name and these labels, others beside them allowed; undefined when there is none. */
export function valueOf(
  samples: readonly MetricSample[],
  name: string,
  labels: Record<string, string> = {},
): number | undefined {
  const wanted = Object.entries(labels);
  const found = samples.filter((one) => one.name === name && wanted.every(([key, value]) => one.labels[key] === value));
  if (found.length > 1) throw new Error(`${found.length} samples of ${name}`);
  return found[0]?.value;
}
