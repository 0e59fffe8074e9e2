type Plain = Record<string, unknown>;

/**
 * What `data.previous_attributes` holds: the old values of changed fields only. Hashes are compared key by key
 * (a key that is new has the old value null), arrays and scalars as a whole. Null when nothing changed.
 * Source: docs.stripe.com/api/events/object.
 */
export function previousAttributes(before: Plain, after: Plain): Plain | null {
  const previous: Plain = {};
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const old = before[key];
    const fresh = after[key];
    if (JSON.stringify(old) === JSON.stringify(fresh)) continue;
    previous[key] = isPlain(old) && isPlain(fresh) ? previousAttributes(old, fresh) : (old ?? null);
  }
  return Object.keys(previous).length === 0 ? null : previous;
}

function isPlain(value: unknown): value is Plain {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
