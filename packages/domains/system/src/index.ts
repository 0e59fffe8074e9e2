import { defineModule } from "@turnpike/core";
import { errors } from "./errors.ts";
import { retentionSchedule } from "./retention.ts";
import { systemRouter } from "./router.ts";

export default defineModule({ name: "system", router: systemRouter, errors, schedules: [retentionSchedule] });
