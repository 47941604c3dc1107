// Institutions side by side, as a static edition compares them.

import assert from "node:assert/strict";
import { test } from "node:test";

import { groupByAspect, listCommon, listOnly, writeCsv } from "../../../query_ui/frontend/edition/comparison.js";

const rows = [
  ["york", "keyword", "k:b", "2", ""],
  ["leeds", "keyword", "k:b", "1", ""],
  ["york", "keyword", "k:c", "4", ""],
  ["leeds", "keyword", "k:a", "3", ""],
  ["leeds", "group", "g:n8", "1", "2007"],
];
const names = { "k:a": "Élan", "k:b": "Careers, \"early\"", "k:c": "drop-in", "g:n8": "N8" };
const aspects = [{ name: "group", title: "Groups" }, { name: "keyword", title: "Keywords" }, { name: "kind", title: "Kinds" }];
const found = groupByAspect(aspects, rows, ["york", "leeds"], (iri) => names[iri]);
const listLabels = (list) => list.map(({ label }) => label);

test("what all have comes first, then by label, and an aspect may have nothing", () => {
  assert.deepEqual(found.map(({ rows: own }) => listLabels(own)), [["N8"], ["Careers, \"early\"", "drop-in", "Élan"], []]);
  assert.deepEqual(found[1].rows[0].cells, [{ records: 2, latest: "" }, { records: 1, latest: "" }]);
});

test("what all have is told from what only one has", () => {
  const [groups, keywords] = found;
  assert.deepEqual([listCommon(keywords), listOnly(keywords, 0), listOnly(keywords, 1)].map(listLabels), [["Careers, \"early\""], ["drop-in"], ["Élan"]]);
  assert.deepEqual([listCommon(groups), listOnly(groups, 0), listOnly(groups, 1)].map(listLabels), [[], [], ["N8"]]);
});

test("the table has a column for each institution, and quotes what has a comma", () => {
  const text = writeCsv(["York", "Leeds"], found, (name, cell) => (name === "group" ? `since ${cell.latest}` : String(cell.records)));
  assert.deepEqual(text.split("\r\n"), [
    "aspect,item,iri,York,Leeds,have",
    "Groups,N8,g:n8,,since 2007,1",
    "Keywords,\"Careers, \"\"early\"\"\",k:b,2,1,2",
    "Keywords,drop-in,k:c,4,,1",
    "Keywords,Élan,k:a,,3,1",
    "",
  ]);
});
