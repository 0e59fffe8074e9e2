/** The plans of the demo: what a small SaaS would sell. Amounts in US cents. */
export const demoPlans = [
  {
    product: {
      name: "Starter",
      description: "For one person who is getting going.",
      features: [{ key: "projects", name: "Projects", kind: "limit" as const, limit: 3 }],
    },
    prices: [{ lookupKey: "starter_monthly", currency: "usd", unitAmountMinor: 900, interval: "month" as const }],
  },
  {
    product: {
      name: "Pro",
      description: "For teams that ship.",
      features: [
        { key: "projects", name: "Projects", kind: "limit" as const, limit: 50 },
        { key: "priority_support", name: "Priority support", kind: "boolean" as const },
      ],
    },
    prices: [
      { lookupKey: "pro_monthly", currency: "usd", unitAmountMinor: 2900, interval: "month" as const },
      { lookupKey: "pro_yearly", currency: "usd", unitAmountMinor: 29_000, interval: "year" as const },
      {
        lookupKey: "pro_monthly_trial",
        currency: "usd",
        unitAmountMinor: 2900,
        interval: "month" as const,
        trialDays: 14,
      },
    ],
  },
];
