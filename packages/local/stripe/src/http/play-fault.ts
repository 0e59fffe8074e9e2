import type { Response } from "express";
import type { Fault } from "../sim/faults.ts";
import { StripeError } from "../stripe-error.ts";

/**
 * Plays a fault before the request is done. "go": do it; "drop": do it, then cut the connection; "answered": nothing is left to do.
 * Errors: the status asked for, as Stripe would word it.
 */
export async function playFault(fault: Fault | null, response: Response): Promise<"go" | "drop" | "answered"> {
  if (fault === null) return "go";
  switch (fault.kind) {
    case "status":
      throw new StripeError(
        fault.status,
        fault.status === 429 ? "rate_limit_error" : "api_error",
        fault.status === 429 ? "Request rate limit exceeded." : "An error occurred with our connection to Stripe.",
        fault.status === 429 ? { code: "rate_limit" } : {},
      );
    case "timeout":
      await new Promise<void>((resolve) => response.once("close", resolve));
      return "answered";
    case "slow":
      await new Promise((resolve) => setTimeout(resolve, fault.delayMs));
      return "go";
    case "drop_after_commit":
      return "drop";
    default:
      return unreachable(fault.kind);
  }
}

function unreachable(kind: never): never {
  throw new Error(`unknown fault ${String(kind)}`);
}
