// What may stand where the cursor is: terms of the graph by label, prefixes, variables, keywords.

const KEYWORDS = `ASK ASC AVG BIND BOUND CONSTRUCT CONTAINS COUNT DESC DESCRIBE DISTINCT EXISTS FILTER
FROM GRAPH GROUP_CONCAT HAVING LANG LANGMATCHES LCASE LIMIT MAX MIN MINUS NAMED NOT OFFSET OPTIONAL
PREFIX REDUCED REGEX REPLACE SAMPLE SELECT STR STRAFTER STRBEFORE STRENDS STRLEN STRSTARTS SUM UCASE
UNDEF UNION VALUES WHERE YEAR`.split(/\s+/).concat("GROUP BY", "ORDER BY");
const MOST = 60;
const DECLARATION = /^\s*PREFIX\s+([\w-]*)$/i;
const WORD = /[?$]?[\p{L}\p{N}_:.-]*$/u;

/** The word that ends at the cursor. */
export function wordBefore(before) {
  return WORD.exec(before)[0];
}

/** How well a term fits a word, the less the better; Infinity where it does not. */
function distance(term, word) {
  const short = term.short.toLowerCase();
  const local = short.slice(short.indexOf(":") + 1);
  if (word.includes(":")) {
    const [prefix, rest] = word.split(/:(.*)/s);
    if (!short.startsWith(`${prefix}:`)) return Infinity;
    return short.startsWith(word) ? 0 : nameDistance(term, rest) + 1;
  }
  return Math.min(nameDistance(term, word), local.startsWith(word) ? 1 : Infinity);
}

function nameDistance({ label, also = [] }, word) {
  if (label.toLowerCase().startsWith(word)) return 0;
  if (begins(label, word)) return 1;
  return also.some((name) => begins(name, word)) ? 2 : Infinity;
}

/** Whether a word of the name begins so. */
function begins(name, word) {
  return ` ${name.toLowerCase()}`.split(/[\s(/“"'-]+/).some((part) => part.startsWith(word));
}

function ofTerms(terms, word, place) {
  const off = (term) => (place && term.kind !== place ? 3 : 0);
  return terms
    .map((term) => ({ term, far: distance(term, word) + off(term) }))
    .filter(({ far }) => far < Infinity)
    .sort((one, two) => one.far - two.far || one.term.label.length - two.term.label.length)
    .map(({ term }) => ({ text: term.short, shown: term.label, detail: term.kind, iri: term.iri }));
}

function declarations(prefixes, word) {
  return Object.entries(prefixes)
    .filter(([name]) => name.startsWith(word))
    .map(([name, namespace]) => ({ text: `${name}: <${namespace}>`, shown: name, detail: "prefix" }));
}

/**
 * The completions of the text before the cursor, best first, and the length of what they replace.
 * `place` is the kind of term that is likely there ("class", "property" or ""), `variables` are
 * those of the query. `explicit` tells that somebody asked, so that an empty word has completions.
 */
export function completions({ terms, prefixes }, before, { place = "", variables = [], explicit = false } = {}) {
  const declared = DECLARATION.exec(before);
  if (declared) return { length: declared[1].length, list: declarations(prefixes, declared[1]) };
  const typed = wordBefore(before);
  const word = typed.toLowerCase();
  if (!word && !explicit) return { length: 0, list: [] };
  if (/^[?$]/.test(word)) {
    const found = variables.filter((name) => name.startsWith(typed) && name !== typed);
    return { length: typed.length, list: found.map((text) => ({ text, shown: text, detail: "variable" })) };
  }
  const list = ofTerms(terms, word, place);
  if (word && !word.includes(":")) {
    const keywords = KEYWORDS.filter((keyword) => keyword.toLowerCase().startsWith(word));
    list.push(...keywords.map((text) => ({ text, shown: text, detail: "keyword" })));
  }
  return { length: typed.length, list: list.slice(0, MOST) };
}
