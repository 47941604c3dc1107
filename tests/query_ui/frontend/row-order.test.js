// Rows sorted and filtered in the page.

import assert from "node:assert/strict";
import { test } from "node:test";

import { filterRows, toNumber, sortRows } from "../../../query_ui/frontend/row-order.js";

const integer = (value) => ({ type: "literal", value, datatype: "http://www.w3.org/2001/XMLSchema#integer" });
const text = (value) => ({ type: "literal", value });
const values = (rows) => rows.map(([term]) => term?.value ?? null);

test("numbers sort by value, empty cells stay last either way", () => {
  const rows = [[integer("10")], [null], [integer("9")], [integer("-1")]];
  assert.deepEqual(values(sortRows(rows, 0, false)), ["-1", "9", "10", null]);
  assert.deepEqual(values(sortRows(rows, 0, true)), ["10", "9", "-1", null]);
  assert.deepEqual(values(rows), ["10", null, "9", "-1"], "the answer keeps its own order");
});

test("texts sort as people sort them, things by their label", () => {
  assert.deepEqual(values(sortRows([[text("beta")], [text("Älpha")], [text("Zeta")]], 0, false)), ["Älpha", "beta", "Zeta"]);
  const labels = { "x:1": "Zebra", "x:2": "Ant" };
  const rows = [[{ type: "iri", value: "x:1" }], [{ type: "iri", value: "x:2" }]];
  assert.deepEqual(values(sortRows(rows, 0, false, (term) => labels[term.value])), ["x:2", "x:1"]);
});

test("a text that looks like a number is none", () => {
  assert.ok(Number.isNaN(toNumber(text("10"))));
  assert.equal(toNumber(integer("10")), 10);
});

test("a filter wants every word, in a label or in the term itself", () => {
  const rows = [[{ type: "iri", value: "x:wellbeing" }, text("Some Words")], [text("other"), null]];
  const label = (term) => (term === null ? "" : term.type === "iri" ? "Being well" : term.value);
  assert.equal(filterRows(rows, "WORDS being", label).length, 1);
  assert.equal(filterRows(rows, "x:well", label).length, 1);
  assert.equal(filterRows(rows, "words other", label).length, 0);
  assert.equal(filterRows(rows, "  ", label).length, 2);
});
