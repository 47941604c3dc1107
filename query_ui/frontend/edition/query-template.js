// Saved queries and page queries with values: texts become terms where a query has parameters.

import { splitWords } from "./list-filter.js";

const ZONE = "(?:Z|[+-]\\d\\d:\\d\\d)?";
const NUMBER = "[+-]?(?:\\d+(?:\\.\\d*)?|\\.\\d+)";
const XSD = "http://www.w3.org/2001/XMLSchema#";
const FORMS = {
  boolean: ["true|false|1|0", "true or false"],
  integer: ["[+-]?\\d+", "a whole number such as 3"],
  decimal: [NUMBER, "a number such as 2.5"],
  double: [`${NUMBER}(?:[eE][+-]?\\d+)?`, "a number such as 2.5"],
  date: [`\\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\\d|3[01])${ZONE}`, "a date such as 2024-02-29"],
  dateTime: [`\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?${ZONE}`, "a time such as 2024-02-29T12:00:00"],
  gYear: [`-?\\d{4,}${ZONE}`, "a year such as 2024"],
  gYearMonth: [`-?\\d{4,}-(?:0[1-9]|1[0-2])${ZONE}`, "a month such as 2024-02"],
};
const SLUG = /^[\p{L}\p{N}][\p{L}\p{N}\p{M}_.~-]*$/u;
const IN_IRI = /^[^\s:<>"{}|^`\\]+:[^\s<>"{}|^`\\]*$/;

/** A text that is no value of its parameter. */
export class ValueError extends Error {}

/** A text as a string literal: all escapes of JSON are escapes of SPARQL as well. */
const quote = (text) => JSON.stringify(text);

function toIri(text, { name, namespace }, prefixes) {
  const inside = /^<.*>$/.test(text) ? text.slice(1, -1) : text;
  const [prefix] = inside.split(":");
  const rest = inside.slice(prefix.length + 1);
  let iri = inside;
  if (inside === text && inside.includes(":") && prefix in prefixes && !rest.startsWith("//")) iri = prefixes[prefix] + rest;
  else if (inside === text && SLUG.test(text)) iri = namespace + text;
  if (!IN_IRI.test(iri)) throw new ValueError(`“${text}” is not a value of “${name}”: give an IRI, or a name such as “${prefix}”.`);
  return `<${iri}>`;
}

/** A text as a term of the type of a parameter, as SPARQL writes it. */
export function toTerm(text, parameter, prefixes) {
  const { name, type, language } = parameter;
  if (type === "iri") return toIri(text.trim(), parameter, prefixes);
  if (language) return `${quote(text)}@${language}`;
  if (type === `${XSD}string`) return quote(text);
  const [pattern, form] = FORMS[type.replace(XSD, "")] ?? [".*", "a value"];
  const value = text.trim();
  const isDay = type === `${XSD}date` && !Number.isNaN(Date.parse(value.slice(0, 10)));
  if (!new RegExp(`^(?:${pattern})$`, "s").test(value) || (type === `${XSD}date` && !(isDay && isRealDay(value)))) {
    throw new ValueError(`“${text}” is not a value of “${name}”: give ${form}.`);
  }
  return `${quote(value)}^^<${type}>`;
}

/** Whether a date is in the calendar: 30 February is not. */
function isRealDay(text) {
  const day = text.slice(0, 10);
  return new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
}

/**
 * The text of a template with values, each a list of texts by the name of its parameter. One that
 * has none keeps its default; `patterns` go where the template is narrowed. ValueError where a
 * value is needed or wrong.
 */
export function bindValues({ pieces, parameters, prefixes }, values, patterns = "") {
  const written = parameters.map((parameter) => {
    const texts = (values[parameter.name] ?? []).filter((text) => text.trim());
    if (texts.length) return ` ${texts.map((text) => toTerm(text, parameter, prefixes)).join(" ")} `;
    if (parameter.required) throw new ValueError(`This query needs a value for “${parameter.name}”.`);
    return parameter.written;
  });
  return pieces.map((piece) => (piece === null ? patterns : typeof piece === "number" ? written[piece] : piece)).join("");
}

/** The text of a page query with the fields of its address; ValueError for one that is unknown. */
export function bindPageQuery({ queries, facets, names, prefixes, base }, name, fields) {
  const query = queries[name];
  if (!query) throw new ValueError(`No page of this site uses a query “${name}”.`);
  const own = new Set(query.parameters.map((parameter) => parameter.name));
  const values = {};
  for (const [key, text] of fields) {
    if (own.has(key)) (values[key] ??= []).push(`<${expandIri(text, prefixes, base)}>`);
  }
  const filters = fields.filter(([key]) => !own.has(key) && key !== "q");
  const words = own.has("q") ? [] : fields.flatMap(([key, text]) => (key === "q" ? splitWords(text) : []));
  const named = words.map((word) => bindValues({ ...names, prefixes }, { value: [word] })).join("");
  return bindValues({ ...query, prefixes }, values, bindFacets(facets, filters, prefixes) + named);
}

/** An IRI in short form as named addresses have it. */
export function expandIri(text, prefixes, base) {
  const [prefix] = text.split(":");
  if (!text.includes(":")) return base + text;
  return prefix in prefixes ? prefixes[prefix] + text.slice(prefix.length + 1) : text;
}

/** The patterns of the filters in some fields, in the order of the facets. */
export function bindFacets(facets, fields, prefixes) {
  const groups = new Map();
  for (const [name, text] of fields) groups.set(name, [...(groups.get(name) ?? []), text]);
  for (const name of groups.keys()) {
    if (!facets.some((facet) => name === facet.name || name === `${facet.name}-match`)) {
      throw new ValueError(`“${name}” is neither a parameter of this query nor a filter.`);
    }
  }
  return facets.flatMap((facet) => {
    const values = [...new Set((groups.get(facet.name) ?? []).filter(Boolean))].map((key) => toFacetValue(facet, key));
    const isEvery = groups.get(`${facet.name}-match`)?.includes("all");
    const sets = isEvery ? values.map((value) => [value]) : values.length ? [values] : [];
    return sets.map((set) => bindValues({ ...facet, prefixes }, { value: set }));
  }).join("");
}

function toFacetValue({ namespace }, key) {
  const value = key.includes(":") || !namespace ? key : namespace + key;
  return value.includes(":") ? `<${value}>` : value;
}
