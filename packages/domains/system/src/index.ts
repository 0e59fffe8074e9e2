import { defineModule } from "@turnpike/core";
import { systemRouter } from "./router.ts";

export default defineModule({ name: "system", router: systemRouter });
