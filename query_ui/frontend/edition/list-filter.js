// The filters of a list, as the service applies them: all facets must fit, and of one facet any of the
// selected values, or all of them where the address says so.

/** A value that no entry of the list can have, or a field that a list does not have. */
export class FilterError extends Error {}

const PAGING = ["sort", "page", "size", "more", "spreadsheet"];
const MAX_TEXT = 200;
const MAX_WORDS = 8;

/** The words of a text without case and accents, each once, as the index of the service folds them. */
export function splitWords(text) {
  const folded = text.normalize("NFKD").toLowerCase().replaceAll("ß", "ss").normalize("NFKD").replace(/\p{Mn}/gu, "");
  return [...new Set(folded.match(/[\p{L}\p{N}]+/gu) ?? [])];
}

function parseText(text) {
  const words = splitWords(text);
  if (text.length > MAX_TEXT) throw new FilterError(`q has ${text.length} characters, and a list is searched for at most ${MAX_TEXT}: write a few words of a title.`);
  if (text && !words.length) throw new FilterError("q has no letter or digit: write a word of a title.");
  if (words.length > MAX_WORDS) throw new FilterError(`q has ${words.length} words, and a list is searched for at most ${MAX_WORDS}: leave some out.`);
  return text;
}

/** The selected values of an address: positions in the columns of the facets, by facet. */
export function parseFilter(list, fields) {
  const chosen = new Map();
  const every = new Set();
  let words = "";
  const facets = new Map(list.facets.map((facet) => [facet.name, facet]));
  for (const [name, text] of fields) {
    const facet = facets.get(name);
    if (facet && text) {
      const place = list.columns[facet.column].values.indexOf(toValue(facet, text));
      if (place < 0) throw new FilterError(`Invalid value: ${facet.title} has no value “${text}” in this list.`);
      chosen.set(name, [...new Set([...(chosen.get(name) ?? []), place])]);
    } else if (name.endsWith("-match") && facets.has(name.slice(0, -6))) {
      if (text === "all") every.add(name.slice(0, -6));
    } else if (name === "q") {
      words = parseText(text.trim().split(/\s+/).join(" "));
    } else if (!facet && !PAGING.includes(name)) {
      throw new FilterError(`A list has no filter “${name}”.`);
    }
  }
  return { chosen, every, text: words };
}

function toValue({ namespace }, key) {
  return key.includes(":") || !namespace ? key : namespace + key;
}

/** A value as the address has it: the end of its IRI, or a foreign IRI complete. */
export function toKey({ namespace }, value) {
  const end = namespace && value.startsWith(namespace) ? value.slice(namespace.length) : value;
  return /[/#]/.test(end) ? value : end;
}

/** The fields of the address of a filter. */
export function listFields(list, { chosen, every, text }) {
  const fields = list.facets.flatMap((facet) => {
    const places = chosen.get(facet.name) ?? [];
    const fields = places.map((place) => [facet.name, toKey(facet, list.columns[facet.column].values[place])]);
    return every.has(facet.name) && places.length > 1 ? [...fields, [`${facet.name}-match`, "all"]] : fields;
  });
  return text ? [...fields, ["q", text]] : fields;
}

/** The positions of the items that fit a filter, in the order of their titles. */
export function filterItems(list, { chosen, every, text = "" }, without = "") {
  const words = splitWords(text);
  const tests = list.facets
    .filter(({ name }) => name !== without && chosen.get(name)?.length)
    .map(({ name, column }) => {
      const places = chosen.get(name);
      const has = list.columns[column].items.map((values) => new Set(values));
      return every.has(name)
        ? (item) => places.every((place) => has[item].has(place))
        : (item) => places.some((place) => has[item].has(place));
    });
  return list.items.map((_, item) => item).filter((item) => words.every((word) => list.names[item].includes(word)) && tests.every((fits) => fits(item)));
}

/**
 * How many items each value of a facet would leave, by the position of the value. The selected values
 * of the facet do not narrow its own counts, unless all of them are required.
 */
export function countValues(list, facet, filter) {
  const counts = new Map();
  const without = filter.every.has(facet.name) ? "" : facet.name;
  for (const item of filterItems(list, filter, without)) {
    for (const place of list.columns[facet.column].items[item]) counts.set(place, (counts.get(place) ?? 0) + 1);
  }
  return counts;
}

/** The filter with a value added, or taken away where it has it. */
export function toggleValue({ chosen, every, text }, name, place) {
  const places = chosen.get(name) ?? [];
  const rest = places.includes(place) ? places.filter((one) => one !== place) : [...places, place];
  return { every, text, chosen: new Map([...chosen, [name, rest]]) };
}
