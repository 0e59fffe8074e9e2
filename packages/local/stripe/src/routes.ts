import type { Route } from "./http/route.ts";
import { chargeRoutes } from "./resources/charges.ts";
import { checkoutSessionRoutes } from "./resources/checkout-sessions.ts";
import { couponRoutes } from "./resources/coupons.ts";
import { customerRoutes } from "./resources/customers.ts";
import { eventRoutes } from "./resources/events.ts";
import { invoiceItemRoutes } from "./resources/invoice-items.ts";
import { invoiceRoutes } from "./resources/invoices.ts";
import { paymentIntentRoutes } from "./resources/payment-intents.ts";
import { paymentMethodRoutes } from "./resources/payment-methods.ts";
import { portalConfigurationRoutes } from "./resources/portal-configurations.ts";
import { portalSessionRoutes } from "./resources/portal-sessions.ts";
import { previewRoutes } from "./resources/preview-invoice.ts";
import { priceRoutes } from "./resources/prices.ts";
import { productRoutes } from "./resources/products.ts";
import { setupIntentRoutes } from "./resources/setup-intents.ts";
import { subscriptionItemRoutes } from "./resources/subscription-items.ts";
import { subscriptionScheduleRoutes } from "./resources/subscription-schedules.ts";
import { subscriptionRoutes } from "./resources/subscriptions.ts";
import { webhookEndpointRoutes } from "./resources/webhook-endpoints.ts";

/** Every route of the API. */
export const routes: readonly Route[] = [
  ...customerRoutes,
  ...productRoutes,
  ...priceRoutes,
  ...checkoutSessionRoutes,
  ...subscriptionRoutes,
  ...subscriptionItemRoutes,
  ...subscriptionScheduleRoutes,
  // Before invoices: create_preview must not be taken for an id.
  ...previewRoutes,
  ...invoiceRoutes,
  ...invoiceItemRoutes,
  ...paymentIntentRoutes,
  ...setupIntentRoutes,
  ...chargeRoutes,
  ...couponRoutes,
  ...paymentMethodRoutes,
  ...portalConfigurationRoutes,
  ...portalSessionRoutes,
  ...eventRoutes,
  ...webhookEndpointRoutes,
];
