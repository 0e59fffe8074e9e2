export type { ErrorShape } from "./api.gen.ts";
export type { AppRouter, AppRouterRecord } from "./trpc.gen.ts";
