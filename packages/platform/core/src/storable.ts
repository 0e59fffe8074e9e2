const unstorable = /[\0\p{Cs}]/gu;

/**
 * What a vendor sent, as PostgreSQL can keep it: every NUL and every unpaired surrogate in its texts and keys is U+FFFD.
 * JSON may carry both, jsonb takes neither and text no NUL, so that a single comment that somebody typed at the vendor
 * would keep the whole object from being mirrored for good. What our own callers send is refused instead, see `Text`.
 * `value` is parsed JSON; where nothing has to change, the very same value comes back.
 */
export function storable<T>(value: T): T {
  // Only texts are replaced, by texts: the shape is still that of T.
  // oxlint-disable-next-line typescript/consistent-type-assertions -- the reason stands above
  return replaced(value) as T;
}

function replaced(value: unknown): unknown {
  if (typeof value === "string") return value.replace(unstorable, "\ufffd");
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    const items = value.map(replaced);
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  const before: [string, unknown][] = Object.entries(value);
  const after = before.map(([key, of]): [string, unknown] => [key.replace(unstorable, "\ufffd"), replaced(of)]);
  const isSame = after.every(([key, of], index) => key === before[index]?.[0] && of === before[index]?.[1]);
  return isSame ? value : Object.fromEntries(after);
}
