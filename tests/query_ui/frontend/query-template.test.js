// Values of saved queries and page queries, as a static edition binds them.

import assert from "node:assert/strict";
import { test } from "node:test";

import { ValueError, bindPageQuery, bindValues, expandIri, toTerm } from "../../../query_ui/frontend/edition/query-template.js";

const XSD = "http://www.w3.org/2001/XMLSchema#";
const prefixes = { skos: "http://www.w3.org/2004/02/skos/core#" };
const iri = { name: "keyword", type: "iri", namespace: "https://example.org/k/" };

test("an IRI is given in full, by a prefix or by its last part", () => {
  assert.equal(toTerm("wellbeing", iri, prefixes), "<https://example.org/k/wellbeing>");
  assert.equal(toTerm("skos:Concept", iri, prefixes), "<http://www.w3.org/2004/02/skos/core#Concept>");
  assert.equal(toTerm("<https://example.org/x y>".replace(" ", ""), iri, prefixes), "<https://example.org/xy>");
  for (const wrong of ["two words", "<>", "x:<y>", 'a"b', ""]) assert.throws(() => toTerm(wrong, iri, prefixes), ValueError);
});

test("a text stays what it is, whatever it holds", () => {
  const parameter = { name: "words", type: `${XSD}string` };
  assert.equal(toTerm('a "b"\n\\ } #', parameter, prefixes), '"a \\"b\\"\\n\\\\ } #"');
  assert.equal(toTerm("mot", { name: "words", type: "", language: "fr" }, prefixes), '"mot"@fr');
});

test("numbers and dates have to be values of their type", () => {
  const typed = (name) => ({ name: "n", type: `${XSD}${name}` });
  assert.equal(toTerm(" 3 ", typed("integer"), prefixes), `"3"^^<${XSD}integer>`);
  assert.equal(toTerm("2024-02-29", typed("date"), prefixes), `"2024-02-29"^^<${XSD}date>`);
  for (const [name, wrong] of [["integer", "3.5"], ["date", "2023-02-29"], ["date", "2024-13-01"], ["gYear", "24"], ["boolean", "yes"]]) {
    assert.throws(() => toTerm(wrong, typed(name), prefixes), ValueError, `${name} ${wrong}`);
  }
});

test("a parameter without values keeps its default, and one that is required must have some", () => {
  const template = { pieces: ["VALUES ?k {", 0, "}"], parameters: [{ ...iri, written: " <k:default> ", required: false }], prefixes };
  assert.equal(bindValues(template, { keyword: ["", "  "] }), "VALUES ?k { <k:default> }");
  assert.equal(bindValues(template, { keyword: ["a", "b"] }), "VALUES ?k { <https://example.org/k/a> <https://example.org/k/b> }");
  template.parameters[0].required = true;
  assert.throws(() => bindValues(template, {}), /needs a value for “keyword”/);
});

const data = {
  base: "https://base.example/",
  prefixes,
  facets: [
    { name: "keyword", namespace: "https://base.example/k/", pieces: ["{ ?thing <k> ?v VALUES ?v {", 0, "} }"], parameters: [{ name: "value", type: "iri", namespace: "", written: "", required: true }] },
    { name: "year", namespace: "", pieces: ["{ ?thing <y> ?v VALUES ?v {", 0, "} }"], parameters: [{ name: "value", type: `${XSD}integer`, written: "", required: true }] },
  ],
  queries: { count: { pieces: ["SELECT * { ?thing a ?class ", null, " VALUES ?class {", 0, "} }"], parameters: [{ name: "class", type: "iri", namespace: "", written: "", required: true }] } },
};

test("a page query is narrowed by the filters of its address", () => {
  const fields = [["class", "skos:Concept"], ["keyword", "a"], ["keyword", "b"], ["year", "2020"]];
  assert.equal(
    bindPageQuery(data, "count", fields),
    "SELECT * { ?thing a ?class { ?thing <k> ?v VALUES ?v { <https://base.example/k/a> <https://base.example/k/b> } }" +
      `{ ?thing <y> ?v VALUES ?v { "2020"^^<${XSD}integer> } } VALUES ?class { <http://www.w3.org/2004/02/skos/core#Concept> } }`,
  );
  const every = bindPageQuery(data, "count", [...fields.slice(0, 3), ["keyword-match", "all"]]);
  assert.equal(every.split("?thing <k>").length, 3);
});

test("an unknown query or filter is refused, not ignored", () => {
  assert.throws(() => bindPageQuery(data, "no-such", []), /uses a query “no-such”/);
  assert.throws(() => bindPageQuery(data, "count", [["class", "skos:C"], ["colour", "red"]]), /“colour” is neither/);
});

test("short IRIs are relative to the base", () => {
  assert.equal(expandIri("id/organisation/x", prefixes, "https://base.example/"), "https://base.example/id/organisation/x");
  assert.equal(expandIri("https://other.example/x", prefixes, "https://base.example/"), "https://other.example/x");
});
