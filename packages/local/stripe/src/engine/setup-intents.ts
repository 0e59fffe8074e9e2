import type { Ctx } from "../context.ts";
import { create, emit } from "../events/record.ts";
import { newId, randomText } from "../ids.ts";
import type { PaymentMethod, SetupIntent } from "../model/payments.ts";
import type { Metadata } from "../model/stored.ts";
import { behaviorOf } from "./cards.ts";

/** Makes a setup intent that waits for a card. Emits `setup_intent.created`. */
export function createSetupIntent(
  ctx: Ctx,
  request: {
    customer: string | null;
    metadata?: Metadata;
    description?: string | null;
    usage?: "off_session" | "on_session";
    paymentMethod?: string | null;
  },
): SetupIntent {
  const id = newId("seti");
  const method = request.paymentMethod ?? null;
  const intent: SetupIntent = {
    ...unusedParts(),
    id,
    object: "setup_intent",
    client_secret: `${id}_secret_${randomText(25)}`,
    created: ctx.now,
    customer: request.customer,
    description: request.description ?? null,
    metadata: request.metadata ?? {},
    payment_method: method,
    payment_method_options: { card: { mandate_options: null, network: null, request_three_d_secure: "automatic" } },
    status: method === null ? "requires_payment_method" : "requires_confirmation",
    usage: request.usage ?? "off_session",
  };
  create(ctx, intent, "setup_intent.created");
  return intent;
}

/** Checks a card without charging it: `succeeded`, `requires_action` or `requires_payment_method`. Emits setup_intent.* events. */
export function confirmSetup(ctx: Ctx, intent: SetupIntent, method: PaymentMethod, authenticated = false): SetupIntent {
  const { page: reaction, declineCode } = behaviorOf(method);
  if (reaction === "declined") {
    return settle(ctx, intent, "setup_intent.setup_failed", {
      status: "requires_payment_method",
      payment_method: null,
      last_setup_error: {
        code: "card_declined",
        decline_code: declineCode,
        message: "Your card was declined.",
        type: "card_error",
      },
    });
  }
  if (reaction === "needs_action" && !authenticated) {
    const url = `${ctx.baseUrl}/c/authenticate/${intent.client_secret ?? ""}`;
    return settle(ctx, intent, "setup_intent.requires_action", {
      status: "requires_action",
      payment_method: method.id,
      next_action: { redirect_to_url: { return_url: null, url }, type: "redirect_to_url" },
    });
  }
  return settle(ctx, intent, "setup_intent.succeeded", {
    status: "succeeded",
    payment_method: method.id,
    last_setup_error: null,
  });
}

/** Ends a setup intent that has not succeeded. Emits `setup_intent.canceled`. */
export function cancelSetup(ctx: Ctx, intent: SetupIntent): SetupIntent {
  return settle(ctx, intent, "setup_intent.canceled", { status: "canceled" });
}

/** The customer failed or refused 3-D Secure. Emits `setup_intent.setup_failed`. */
export function failSetup(ctx: Ctx, intent: SetupIntent): SetupIntent {
  return settle(ctx, intent, "setup_intent.setup_failed", {
    status: "requires_payment_method",
    payment_method: null,
    last_setup_error: {
      code: "setup_intent_authentication_failure",
      message: "The latest attempt to set up the payment method has failed because authentication failed.",
      type: "card_error",
    },
  });
}

function settle(ctx: Ctx, intent: SetupIntent, type: string, change: Partial<SetupIntent>): SetupIntent {
  const after: SetupIntent = { ...intent, next_action: null, ...change };
  ctx.store.put(after, ctx.now);
  emit(ctx, type, after);
  return after;
}

function unusedParts() {
  return {
    allowed_payment_method_types: ["card"],
    application: null,
    automatic_payment_methods: null,
    cancellation_reason: null,
    customer_account: null,
    excluded_payment_method_types: null,
    flow_directions: null,
    last_setup_error: null,
    latest_attempt: null,
    livemode: false,
    managed_payments: { enabled: false },
    mandate: null,
    next_action: null,
    on_behalf_of: null,
    payment_method_configuration_details: null,
    payment_method_types: ["card"],
    single_use_mandate: null,
  };
}
