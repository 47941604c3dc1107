// What is offered where the cursor stands.

import assert from "node:assert/strict";
import { test } from "node:test";

import { completions } from "../../../query_ui/frontend/completion.js";

const known = {
  prefixes: { concept: "https://example.org/concept/", ckg: "https://example.org/ontology#" },
  terms: [
    { short: "concept:wellbeing", kind: "concept", label: "Wellbeing", also: ["Well-being"] },
    { short: "principle:ecr3", kind: "concept", label: "ECR3: look after own wellbeing", also: [] },
    { short: "ckg:CaseStudy", kind: "class", label: "case study", also: [] },
    { short: "ckg:caseOf", kind: "property", label: "case of", also: [] },
    { short: "organisation:icr", kind: "organisation", label: "Institute of Cancer Research", also: ["ICR"] },
  ],
};
const texts = (before, context) => completions(known, before, context).list.map(({ text }) => text);

test("a term is found by the beginning of any word of its label, the label's own first", () => {
  assert.deepEqual(texts("?s dcterms:subject wellb"), ["concept:wellbeing", "principle:ecr3"]);
  assert.equal(completions(known, "?s x wellb").length, 5);
});

test("a term is found by another name and by its own", () => {
  assert.deepEqual(texts("{ icr"), ["organisation:icr"]);
  assert.deepEqual(texts("{ CANCER"), ["organisation:icr"]);
});

test("a prefix narrows to its names", () => {
  assert.deepEqual(texts("concept:"), ["concept:wellbeing"]);
  assert.deepEqual(texts("ckg:Case").sort(), ["ckg:CaseStudy", "ckg:caseOf"].sort());
  assert.deepEqual(texts("ckg:study"), ["ckg:CaseStudy"]);
});

test("the kind that is likely in a place comes first", () => {
  assert.equal(texts("?s case", { place: "property" })[0], "ckg:caseOf");
  assert.equal(texts("?s a case", { place: "class" })[0], "ckg:CaseStudy");
});

test("variables, keywords and prefix declarations", () => {
  assert.deepEqual(texts("?st", { variables: ["?study", "?title", "?st"] }), ["?study"]);
  assert.deepEqual(texts("opti"), ["OPTIONAL"]);
  assert.deepEqual(texts("PREFIX con"), ["concept: <https://example.org/concept/>"]);
});

test("nothing is offered for nothing unless it was asked for", () => {
  assert.deepEqual(texts("?s "), []);
  assert.equal(texts("?s ", { explicit: true }).length, known.terms.length);
});
