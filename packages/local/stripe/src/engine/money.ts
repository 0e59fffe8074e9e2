/** An amount in the smallest unit as text, with the digits its currency has: `formatAmount(1000, "usd")` → `$10.00`, `(1000, "jpy")` → `¥1,000`. */
export function formatAmount(amountMinor: number, currency: string): string {
  const format = new Intl.NumberFormat("en-US", { style: "currency", currency: currency.toUpperCase() });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(amountMinor / 10 ** digits);
}

/** How a recurring price reads: `$10.00 / month`, `$25.00 every 3 months`; a one-off price is the amount alone. */
export function formatPrice(price: {
  unit_amount: number | null;
  currency: string;
  recurring: { interval: string; interval_count: number } | null;
}): string {
  const amount = formatAmount(price.unit_amount ?? 0, price.currency);
  if (price.recurring === null) return amount;
  const { interval, interval_count: count } = price.recurring;
  return count === 1 ? `${amount} / ${interval}` : `${amount} every ${count} ${interval}s`;
}
