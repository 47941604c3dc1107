// An answer of the endpoint as rows of terms: { type: "iri" | "blank" | "literal" | "triple", … }.

import { triples } from "./ntriples.js";

const XSD_STRING = "http://www.w3.org/2001/XMLSchema#string";
const TYPES = { uri: "iri", bnode: "blank", literal: "literal", "typed-literal": "literal" };

function term(given) {
  if (given === undefined) return null;
  if (given.type === "triple") {
    const { subject, predicate, object } = given.value;
    const parts = [subject, predicate, object].map((part) => formatTermAsSparql(term(part)));
    return { type: "triple", value: `<<( ${parts.join(" ")} )>>` };
  }
  const found = { type: TYPES[given.type], value: given.value };
  if (given["xml:lang"]) found.language = given["xml:lang"];
  if (given.datatype && given.datatype !== XSD_STRING) found.datatype = given.datatype;
  return found;
}

/** A term as N-Triples writes it. */
export function formatTermAsSparql(term) {
  if (term === null) return "";
  if (term.type === "iri") return `<${term.value}>`;
  if (term.type === "blank") return `_:${term.value}`;
  if (term.type === "triple") return term.value;
  const text = JSON.stringify(term.value);
  if (term.language) return `${text}@${term.language}`;
  return term.datatype ? `${text}^^<${term.datatype}>` : text;
}

/** What a person reads of a term: the text alone. */
export function formatTerm(term) {
  if (term === null) return "";
  return term.type === "blank" ? `_:${term.value}` : term.value;
}

/** SPARQL JSON results: kind "bindings" or "boolean". */
export function fromJson(text) {
  const { head, results, boolean } = JSON.parse(text);
  if (boolean !== undefined) return { kind: "boolean", boolean, columns: [], rows: [] };
  const columns = head.vars ?? [];
  const rows = results.bindings.map((row) => columns.map((column) => term(row[column])));
  return { kind: "bindings", columns, rows };
}

/** N-Triples: kind "graph", its rows the triples. */
export function fromTriples(text) {
  return { kind: "graph", columns: ["subject", "predicate", "object"], rows: triples(text) };
}

/** An answer by the media type of its body. */
export function parseResult(type, body) {
  return type.startsWith("application/n-triples") ? fromTriples(body) : fromJson(body);
}
