// Filters of lists, as a static edition applies them.

import assert from "node:assert/strict";
import { test } from "node:test";

import { FilterError, countValues, filterItems, listFields, parseFilter, toggleValue } from "../../../query_ui/frontend/edition/list-filter.js";

const list = {
  facets: [
    { name: "keyword", title: "Keyword", namespace: "https://k.example/", column: "concept", offered: [0, 1] },
    { name: "year", title: "Year", namespace: "", column: "year", offered: [0] },
  ],
  columns: {
    concept: { values: ["https://k.example/a", "https://k.example/b", "https://other.example/x"], labels: ["A", "B", "X"], items: [[0], [0, 1], [1, 2], []] },
    year: { values: ["2020"], labels: ["2020"], items: [[0], [], [0], []] },
  },
  names: ["mentoring at leeds", "prifysgol aberystwyth\naberystwyth university", "elan", "leeds careers"],
  items: ["", "", "", ""],
};
const parse = (query) => parseFilter(list, [...new URLSearchParams(query)]);

test("any of the values of a facet, and every facet", () => {
  assert.deepEqual(filterItems(list, parse("keyword=a&keyword=b")), [0, 1, 2]);
  assert.deepEqual(filterItems(list, parse("keyword=a&keyword=b&keyword-match=all")), [1]);
  assert.deepEqual(filterItems(list, parse("keyword=b&year=2020")), [2]);
  assert.deepEqual(filterItems(list, parse("keyword=https%3A%2F%2Fother.example%2Fx")), [2]);
});

test("the selected values of a facet do not narrow its own counts", () => {
  const [keyword, year] = list.facets;
  assert.deepEqual([...countValues(list, keyword, parse("keyword=a"))], [[0, 2], [1, 2], [2, 1]]);
  assert.deepEqual([...countValues(list, year, parse("keyword=a"))], [[0, 1]]);
  assert.deepEqual([...countValues(list, keyword, parse("keyword=a&keyword=b&keyword-match=all"))], [[0, 1], [1, 1]]);
});

test("all words of a text occur in names, whatever their case and accents", () => {
  assert.deepEqual(filterItems(list, parse("q=LEEDS")), [0, 3]);
  assert.deepEqual(filterItems(list, parse("q=leeds+mentor")), [0]);
  assert.deepEqual(filterItems(list, parse("q=%C3%89lan&keyword=b")), [2]);
  assert.deepEqual([...countValues(list, list.facets[1], parse("q=leeds"))], [[0, 1]]);
  assert.equal(new URLSearchParams(listFields(list, parse("q=+leeds++mentor"))).toString(), "q=leeds+mentor");
  assert.equal(toggleValue(parse("q=leeds"), "year", 0).text, "leeds");
  assert.throws(() => parse(`q=${"a".repeat(201)}`), /201 characters/);
  assert.throws(() => parse("q=!"), /no letter or digit/);
  assert.throws(() => parse("q=a+b+c+d+e+f+g+h+i"), /9 words/);
});

test("an unknown value or field is refused, not ignored", () => {
  assert.throws(() => parse("keyword=zzz"), FilterError);
  assert.throws(() => parse("colour=red"), /no filter “colour”/);
});

test("an address leads back to the same filter", () => {
  const filter = parse("keyword=a&keyword=b&keyword-match=all&year=2020");
  assert.equal(new URLSearchParams(listFields(list, filter)).toString(), "keyword=a&keyword=b&keyword-match=all&year=2020");
  assert.deepEqual(filterItems(list, toggleValue(filter, "year", 0)), [1]);
});
