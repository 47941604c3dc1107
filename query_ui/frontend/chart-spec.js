// Which charts an answer can be drawn as, and the values that each of them shows.

import { classifyColumns } from "./column-types.js";
import { toNumber } from "./row-order.js";

const MOST = { bar: 40, heat: 900, line: 2000, scatter: 2000 };
export const COUNT = "number of rows";

/**
 * The charts that fit the columns, likeliest first: { type, text, x, y, colour }, each of them a
 * list of columns to choose from. A column of null counts rows.
 */
export function listCharts(answer) {
  const found = classifyColumns(answer);
  const numbers = found.filter(({ kind }) => kind === "number");
  const dates = found.filter(({ kind }) => kind === "date");
  const names = found.filter(({ kind }) => kind === "name").sort((one, two) => one.distinct - two.distinct);
  const labels = [...names].sort((one, two) => two.distinct - one.distinct);
  const charts = [];
  if (dates.length) charts.push({ type: "line", text: "Line", x: dates, y: [...numbers, null] });
  if (numbers.length && names.length) charts.push({ type: "bar", text: "Bars", x: readable(answer, labels), y: [...numbers, null] });
  else if (names.length) charts.push({ type: "bar", text: "Bars", x: readable(answer, names), y: [null] });
  if (numbers.length > 1) charts.push({ type: "scatter", text: "Scatter", x: numbers, y: [...numbers.slice(1), numbers[0]] });
  if (names.length > 1) charts.push({ type: "heat", text: "Heat map", x: names, y: [...names.slice(1), names[0]], colour: [...numbers, null] });
  return charts;
}

/** Columns of texts before columns of things: a text is its own label. */
function readable({ rows }, columns) {
  const isText = ({ index }) => rows.some((row) => row[index]?.type === "literal");
  return [...columns.filter(isText), ...columns.filter((column) => !isText(column))];
}

function shownIn(column, label) {
  return (row) => {
    const term = row[column.index];
    if (term === null) return null;
    return column.kind === "number" ? toNumber(term) : label(term);
  };
}

/** Rows put together by the keys, with the sum of a column or their count. */
function grouped(rows, keys, measure) {
  const groups = new Map();
  for (const row of rows) {
    const values = keys.map((key) => key(row));
    if (values.includes(null)) continue;
    const id = JSON.stringify(values);
    const amount = measure ? toNumber(row[measure.index]) : 1;
    if (Number.isNaN(amount)) continue;
    const group = groups.get(id) ?? { values, amount: 0 };
    group.amount += amount;
    groups.set(id, group);
  }
  return [...groups.values()];
}

/**
 * The values of a chart: { fields, rows, total }, where `rows` hold at most as many as can be seen
 * and `total` counts all. Rows with the same key are added up.
 */
export function buildChartData(answer, { type, x, y, colour }, label) {
  if (type === "scatter") {
    const pairs = answer.rows
      .map((row) => [toNumber(row[x.index]), toNumber(row[y.index])])
      .filter((pair) => !pair.some(Number.isNaN));
    return cut(type, [x.name, y === x ? `${y.name} ` : y.name], pairs);
  }
  const keys = [shownIn(x, label), ...(type === "heat" ? [shownIn(y, label)] : [])];
  const measure = type === "heat" ? colour : y;
  const groups = grouped(answer.rows, keys, measure);
  if (type === "bar" && !measure) groups.sort((one, two) => two.amount - one.amount);
  if (type === "line") groups.sort((one, two) => (one.values[0] < two.values[0] ? -1 : 1));
  const fields = [x.name, ...(type === "heat" ? [y === x ? `${y.name} ` : y.name] : [])];
  const last = measure ? measure.name : COUNT;
  return cut(type, [...fields, last], groups.map(({ values, amount }) => [...values, amount]));
}

function cut(type, fields, rows) {
  return { fields, rows: rows.slice(0, MOST[type]), total: rows.length };
}

/** The Vega-Lite description of a chart. https://vega.github.io/vega-lite/docs/spec.html */
export function buildVegaSpec({ type }, { fields, rows }, colours, width) {
  const values = rows.map((row) => Object.fromEntries(row.map((value, at) => [`f${at}`, value])));
  const at = (index, kind, more = {}) => ({ field: `f${index}`, type: kind, title: fields[index].trim(), ...more });
  const whole = (index) => rows.every((row) => Number.isInteger(row[index]));
  const axis = (index) => ({ format: ",.12~g", ...(whole(index) ? { tickMinStep: 1 } : {}) });
  const amount = (index) => at(index, "quantitative", { axis: axis(index) });
  const marks = {
    bar: () => [{ type: "bar" }, { y: at(0, "nominal", { sort: null, title: null, axis: { labelLimit: width / 3 } }), x: amount(1) }],
    line: () => [{ type: "line", point: true }, { x: at(0, "temporal"), y: amount(1) }],
    scatter: () => [{ type: "point", filled: true }, { x: amount(0), y: amount(1) }],
    heat: () => [
      { type: "rect" },
      {
        x: at(0, "nominal", { axis: { labelLimit: 140, labelAngle: -40 } }),
        y: at(1, "nominal", { title: null, axis: { labelLimit: width / 3 } }),
        color: at(2, "quantitative", {
          scale: { range: [colours.faint, colours.mark], domainMin: lowest(rows) },
          legend: axis(2),
        }),
      },
    ],
  };
  const [mark, encoding] = marks[type]();
  const tooltip = fields.map((_, index) => at(index, typeof rows[0]?.[index] === "number" ? "quantitative" : "nominal"));
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    description: `${fields.join(", ")}; the table below holds the same values.`,
    width: "container",
    ...(type === "line" || type === "scatter" ? { height: 320 } : {}),
    autosize: { type: "fit-x", contains: "padding" },
    background: null,
    data: { values },
    mark: { ...mark, ...(type === "heat" ? {} : { color: colours.mark }) },
    encoding: { ...encoding, tooltip },
    config: configOf(colours),
  };
}

/** Where the shades begin: at 0, or below where a sum is. */
function lowest(rows) {
  return Math.min(0, ...rows.map((row) => row[2]));
}

function configOf({ ink, line, font }) {
  const text = { labelColor: ink, titleColor: ink, labelFont: font, titleFont: font, labelFontSize: 12 };
  return {
    view: { stroke: null },
    axis: { ...text, gridColor: line, domainColor: line, tickColor: line },
    legend: text,
  };
}
