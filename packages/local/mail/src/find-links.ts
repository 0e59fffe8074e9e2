import { Parser } from "htmlparser2";

const IN_TEXT = /https?:\/\/[^\s<>"'`]+/gi;

/** A piece of plain text: an address to click on, or what stands between two of them. */
export interface TextPiece {
  text: string;
  isLink: boolean;
}

/** Web addresses of the links of an HTML part and in a plain part, in order, each once. */
export function findLinks(text: string | null, html: string | null): string[] {
  const inText = splitText(text ?? "").flatMap((piece) => (piece.isLink ? [piece.text] : []));
  return [...new Set([...linksInHtml(html ?? ""), ...inText])];
}

/** Cuts plain text where web addresses begin and end. Put together again, the pieces are the text. */
export function splitText(text: string): TextPiece[] {
  const pieces: TextPiece[] = [];
  let end = 0;
  for (const match of text.matchAll(IN_TEXT)) {
    const link = withoutTail(match[0]);
    if (!isWebAddress(link)) continue;
    if (match.index > end) pieces.push({ text: text.slice(end, match.index), isLink: false });
    pieces.push({ text: link, isLink: true });
    end = match.index + link.length;
  }
  if (end < text.length) pieces.push({ text: text.slice(end), isLink: false });
  return pieces;
}

function linksInHtml(html: string): string[] {
  const links: string[] = [];
  const parser = new Parser({
    onopentag: (name, { href }) => {
      const link = href?.trim();
      if ((name === "a" || name === "area") && link && isWebAddress(link)) links.push(link);
    },
  });
  parser.end(html);
  return links;
}

/** Punctuation that ends the sentence, not the address; a closing bracket stays if it was opened inside. */
function withoutTail(link: string): string {
  const trimmed = link.replace(/[.,;:!?*_]+$/, "");
  if (trimmed.endsWith(")") && !trimmed.includes("(")) return withoutTail(trimmed.slice(0, -1));
  if (trimmed.endsWith("]") && !trimmed.includes("[")) return withoutTail(trimmed.slice(0, -1));
  return trimmed;
}

function isWebAddress(link: string): boolean {
  if (!URL.canParse(link)) return false;
  const { protocol } = new URL(link);
  return protocol === "http:" || protocol === "https:";
}
