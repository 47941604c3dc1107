// The institutions that an address of a static edition names, by slug, IRI, identifier or name.

import { htmlElement } from "../dom.js";
import { toPublicPath } from "../public-path.js";
import { splitWords } from "./list-filter.js";

const MOST_CANDIDATES = 8;

function findInstitution(text, institutions, base) {
  const slug = text.startsWith(base) ? text.slice(base.length) : text;
  const end = text.replace(/\/$/, "").split("/").at(-1).toLowerCase();
  const name = splitWords(text).join(" ");
  const named = institutions.filter((one) => splitWords(one.name).join(" ") === name);
  return institutions.find((one) => one.slug === slug)
    ?? institutions.find((one) => one.identifiers.some((identifier) => identifier.toLowerCase() === end))
    ?? (named.length === 1 ? named[0] : undefined);
}

function listCandidates(text, institutions) {
  const words = splitWords(text);
  if (!words.length) return [];
  const fits = ({ name, other }) => {
    const own = splitWords(`${name} ${other}`);
    return words.every((word) => own.some((one) => one.startsWith(word)));
  };
  return institutions.filter(fits).slice(0, MOST_CANDIDATES);
}

/** The institutions that texts name, each once, and the texts that name none with what they may mean. */
export function resolveInstitutions(texts, institutions, base) {
  const chosen = new Set();
  const unknown = [];
  for (const text of new Set(texts.map((one) => one.trim()).filter(Boolean))) {
    const found = findInstitution(text, institutions, base);
    if (found) chosen.add(found);
    else unknown.push({ text, candidates: listCandidates(text, institutions) });
  }
  return { chosen: [...chosen], unknown };
}

/** A link to a page of the edition, or its text where there is no page. */
export const pageLink = ([text, path]) => (path ? htmlElement("a", { href: toPublicPath(path) }, text) : text);

/** A notice that a text names no institution; `addressOf` gives the address that chooses another. */
export function explainUnknown({ text, candidates }, addressOf) {
  if (!candidates.length) return htmlElement("p", { class: "notice", role: "alert" }, `No institution is called “${text}”. Check the spelling or use its ROR identifier.`);
  const links = candidates.flatMap((one, at) => [at ? ", " : "", htmlElement("a", { href: addressOf(one) }, one.name)]);
  return htmlElement("p", { class: "notice", role: "alert" }, `Which institution do you mean by “${text}”? `, links, ".");
}
