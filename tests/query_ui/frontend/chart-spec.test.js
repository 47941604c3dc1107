// Which charts fit which columns, and the values that they show.

import assert from "node:assert/strict";
import { test } from "node:test";

import { listCharts, buildVegaSpec, buildChartData } from "../../../query_ui/frontend/chart-spec.js";
import { classifyColumns } from "../../../query_ui/frontend/column-types.js";
import { compile } from "vega-lite";

const XSD = "http://www.w3.org/2001/XMLSchema#";
const typed = (value, type) => ({ type: "literal", value: String(value), datatype: `${XSD}${type}` });
const number = (value) => typed(value, "integer");
const text = (value) => ({ type: "literal", value });
const label = (term) => term.value;
const COLOURS = { ink: "#000", line: "#ccc", mark: "#055", faint: "#eee", font: "sans-serif" };

const counts = { columns: ["keyword", "n"], rows: [[text("a"), number(2)], [text("b"), number(5)], [text("a"), number(1)], [null, number(9)]] };
const dated = { columns: ["day", "n"], rows: [[typed("2021-03-01", "date"), number(4)], [typed("2020-01-01", "date"), number(2)]] };
const pairs = { columns: ["x", "y"], rows: [[number(1), number(2)], [number(3), null]] };
const crossed = { columns: ["who", "what"], rows: [[text("a"), text("x")], [text("a"), text("x")], [text("b"), text("y")]] };

test("a column is a number only where all its terms are", () => {
  const mixed = { columns: ["a", "b"], rows: [[number(1), null], [text("one"), null]] };
  assert.deepEqual(classifyColumns(mixed).map(({ kind }) => kind), ["name", "empty"]);
  assert.deepEqual(classifyColumns(dated).map(({ kind }) => kind), ["date", "number"]);
});

test("the types of the columns choose the chart", () => {
  assert.equal(listCharts(counts)[0].type, "bar");
  assert.equal(listCharts(dated)[0].type, "line");
  assert.deepEqual(listCharts(pairs).map(({ type }) => type), ["scatter"]);
  assert.deepEqual(listCharts(crossed).map(({ type }) => type), ["bar", "heat"]);
  assert.deepEqual(listCharts({ columns: ["a"], rows: [[null]] }), []);
});

function chosen(answer, type) {
  const kind = listCharts(answer).find((one) => one.type === type);
  return { type, x: kind.x[0], y: kind.y[0], colour: kind.colour?.[0] };
}

test("rows of one bar are added up, rows without a key are left out", () => {
  const values = buildChartData(counts, chosen(counts, "bar"), label);
  assert.deepEqual(values, { fields: ["keyword", "n"], rows: [["a", 3], ["b", 5]], total: 2 });
});

test("a line goes by date, a heat map counts, a point needs both numbers", () => {
  assert.deepEqual(buildChartData(dated, chosen(dated, "line"), label).rows, [["2020-01-01", 2], ["2021-03-01", 4]]);
  assert.deepEqual(buildChartData(crossed, chosen(crossed, "heat"), label).rows, [["a", "x", 2], ["b", "y", 1]]);
  assert.deepEqual(buildChartData(pairs, chosen(pairs, "scatter"), label).rows, [[1, 2]]);
});

test("more bars than can be seen are counted", () => {
  const many = { columns: ["k", "n"], rows: Array.from({ length: 50 }, (_, at) => [text(`k${at}`), number(at)]) };
  const values = buildChartData(many, chosen(many, "bar"), label);
  assert.equal(values.rows.length, 40);
  assert.equal(values.total, 50);
});

for (const [type, answer] of Object.entries({ bar: counts, line: dated, scatter: pairs, heat: crossed })) {
  test(`${type}: Vega-Lite takes the description without a complaint`, () => {
    const said = [];
    const logger = { level: () => logger, error: (m) => said.push(m), warn: () => logger, info: () => logger, debug: () => logger };
    const what = chosen(answer, type);
    const { spec } = compile(buildVegaSpec(what, buildChartData(answer, what, label), COLOURS, 600), { logger });
    assert.deepEqual(said, []);
    assert.ok(spec.marks.length > 0);
  });
}
