// Links out of the page: only to the web, whatever an answer holds.

import { el } from "./dom.js";

/** An address that may be linked to, or null. */
export function safeAddress(address) {
  try {
    const url = new URL(address);
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
  } catch {
    return null;
  }
}

/** Text that links to an address, or the text alone where there is none. */
export function linked(text, address, label) {
  const href = address ? safeAddress(address) : null;
  if (!href) return el("span", {}, text);
  return el(
    "a",
    { href, target: "_blank", rel: "noopener noreferrer", "aria-label": label ?? null },
    text,
  );
}

const KNOWN = [
  ["NCBI Gene", /ncbi\.nlm\.nih\.gov\/gene/],
  ["MeSH", /meshb?\.|\/mesh/],
  ["dbSNP", /\/snp/],
  ["PubMed", /pubmed/],
  ["NCBI Taxonomy", /taxonomy/i],
  ["Cellosaurus", /cellosaurus/],
  ["OMIM", /omim/],
];

/** An entity's identifier, linked to its page where there is one; local ids say what they are. */
export function identifier(entity) {
  if (/^(relatome\.)?local:/.test(entity.id)) return el("span", { class: "quiet" }, "no identifier");
  const href = entity.url ? safeAddress(entity.url) : null;
  const place = href ? KNOWN.find(([, pattern]) => pattern.test(href))?.[0] : null;
  const text = place ? `${place} ${entity.id.replace(/^\w+:/, "")}` : entity.id;
  return linked(text, href, href ? `${entity.name}: ${text}, opens in a new tab` : null);
}
