/** The files of a new module, by path within its folder. */
export function moduleFiles(name: string): Record<string, string> {
  const title = `${name[0]?.toUpperCase()}${name.slice(1)}`;
  return {
    "package.json": packageJson(name),
    "README.md": readme(name),
    "src/index.ts": index(name),
    "src/router.ts": router(name, title),
    "src/service.ts": service(title),
    "src/models.ts": models(title),
    "src/errors.ts": errors(name),
    "src/events.ts": events(name),
    "test/service.test.ts": serviceTest(name),
  };
}

function packageJson(name: string): string {
  const manifest = {
    name: `@turnpike/${name}`,
    version: "0.0.0",
    private: true,
    type: "module",
    exports: { ".": "./src/index.ts" },
    dependencies: { "@turnpike/core": "workspace:*", zod: "catalog:" },
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

function readme(name: string): string {
  return `# ${name}

- Tables: none yet.
- Events: \`${name}.checked\`.
- Errors: \`${name}.empty_note\`.
- Environment: none.
`;
}

function index(name: string): string {
  return `import { defineModule } from "@turnpike/core";
import { errors } from "./errors.ts";
import { events } from "./events.ts";
import { ${name}Router } from "./router.ts";

export default defineModule({ name: "${name}", router: ${name}Router, errors, events });
`;
}

function router(name: string, title: string): string {
  return `import { publicProcedure, router } from "@turnpike/core";
import { Check${title}Input, ${title}Status } from "./models.ts";
import { check${title} } from "./service.ts";

/** The procedures of this module. */
export const ${name}Router = router({
  /** Says that the module answers, and repeats the caller's note. */
  check: publicProcedure
    .input(Check${title}Input)
    .output(${title}Status)
    .query(({ ctx, input }) => check${title}(ctx, input)),
});
`;
}

function service(title: string): string {
  return `import type { Ctx } from "@turnpike/core";
import { errors } from "./errors.ts";
import type { Check${title}Input, ${title}Status } from "./models.ts";

/** Repeats a note with the time of the answer. Errors: empty_note. */
export function check${title}(ctx: Pick<Ctx, "now">, input: Check${title}Input): ${title}Status {
  const note = input.note.trim();
  if (note === "") throw errors.empty_note();
  return { note, checkedAt: ctx.now() };
}
`;
}

function models(title: string): string {
  return `import { z } from "zod";

/** A note to repeat. */
export const Check${title}Input = z.object({ note: z.string().max(200) });
/** A note to repeat. */
export type Check${title}Input = z.infer<typeof Check${title}Input>;

/** What the module answers. */
export const ${title}Status = z.object({
  /** The caller's note, without space around it. */
  note: z.string(),
  checkedAt: z.date(),
});
/** What the module answers. */
export type ${title}Status = z.infer<typeof ${title}Status>;
`;
}

function errors(name: string): string {
  return `import { defineErrors } from "@turnpike/core";

/** What this module refuses. */
export const errors = defineErrors("${name}", {
  empty_note: { kind: "invalid", message: "The note is empty." },
});
`;
}

function events(name: string): string {
  return `import { z } from "zod";
import { defineEvents } from "@turnpike/core";

/** What happens in this module. */
export const events = defineEvents("${name}", {
  checked: z.object({ note: z.string() }),
});
`;
}

function serviceTest(name: string): string {
  const title = `${name[0]?.toUpperCase()}${name.slice(1)}`;
  return `import { expect, test } from "vitest";
import { check${title} } from "../src/service.ts";

const now = new Date("2026-01-01T00:00:00Z");
const ctx = { now: () => now };

test("a note comes back without the space around it, with the time of the answer", () => {
  expect(check${title}(ctx, { note: " hello " })).toEqual({ note: "hello", checkedAt: now });
});

test("an empty note is refused with the module's own code", () => {
  expect(() => check${title}(ctx, { note: "  " })).toThrow(expect.objectContaining({ appCode: "${name}.empty_note" }));
});
`;
}
