import type { Settings } from "../options.ts";

/**
 * The redirect target a request may have: the wanted one when it has the site's origin or matches an allowed pattern,
 * else the site's URL. `*` in a pattern matches anything but `.` and `/`, `**` anything, `?` one character.
 */
export function allowedRedirect(settings: Settings, ...wanted: (string | undefined)[]): string {
  return wanted.find((url) => url !== undefined && isAllowed(settings, url)) ?? settings.siteUrl;
}

function isAllowed(settings: Settings, wanted: string): boolean {
  // Readers of URLs disagree on these; a link must mean the same in each of them.
  if (/[\\\s\p{Cc}]/u.test(wanted) || !URL.canParse(wanted)) return false;
  const url = new URL(wanted);
  const isWeb = url.protocol === "http:" || url.protocol === "https:";
  if (isWeb && url.origin === new URL(settings.siteUrl).origin) return true;
  // The parsed form is compared: what a browser would open, not what was typed (`https:evil`).
  return settings.redirectUrls.some((pattern) => {
    const allowed = globToRegExp(pattern);
    return allowed.test(url.href) || (url.pathname === "/" && allowed.test(url.href.slice(0, -1)));
  });
}

function globToRegExp(pattern: string): RegExp {
  const source = pattern.replaceAll(/\*\*|[*?]|[\\^$.|+()[\]{}]/g, (part) => {
    if (part === "**") return ".*";
    if (part === "*") return "[^./]*";
    if (part === "?") return "[^./]";
    return `\\${part}`;
  });
  return new RegExp(`^${source}$`);
}
